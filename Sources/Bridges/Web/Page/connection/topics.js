// News within the page: who keeps something tells, who shows it listens.

const listeners = {};

export const on = (topic, listener) => (listeners[topic] ??= []).push(listener);
export const emit = (topic, detail) => listeners[topic]?.forEach((listener) => listener(detail));
