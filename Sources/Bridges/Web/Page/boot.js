// Runs before the first paint, so that nobody who chose the dark theme sees a white flash.
{
  const path = new URL(".", location.href).pathname;
  let settings = {};
  try {
    settings = JSON.parse(localStorage.getItem(`puente:${path}:settings`)) ?? {};
  } catch {
    // The defaults of the styles will do.
  }
  for (const name of ["theme", "size", "density"]) {
    if (settings[name]) document.documentElement.dataset[name] = settings[name];
  }
}
