// The first thing one sees: a name, and a password where it is needed.

import { words } from "../words/words.js";
import { byId } from "./dom.js";

const REASONS = {
  "login-required": "registered",
  "login-failed": "loginFailed",
  "name-in-use": "nameInUse",
  "bad-name": "badName",
  insecure: "insecure",
};

export class EnterForm {
  constructor(client) {
    this.client = client;
    this.form = byId("enter");
    this.alert = this.form.querySelector("[role=alert]");
    this.fields = this.form.elements;
    this.fields.name.value = client.name ?? "";
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    byId("has-password").addEventListener("click", () => this.askPassword());
  }

  get isShown() {
    return document.body.dataset.view === "enter";
  }

  show() {
    document.body.dataset.view = "enter";
    byId("chat").inert = true;
    byId("entrance").hidden = false;
    this.setBusy(false);
    (this.fields.name.value ? this.fields.password : this.fields.name).focus();
  }

  hide() {
    if (!this.isShown && byId("entrance").hidden) return false;
    document.body.dataset.view = "chat";
    byId("chat").inert = false;
    byId("entrance").hidden = true;
    this.fields.password.value = "";
    this.say("");
    return true;
  }

  /** The server has said where one is. */
  describe({ instance, accounts, rooms }) {
    this.instance = instance;
    const [room] = rooms;
    byId("invitation").textContent = accounts === "required" ? words.required(instance) : words.invitation(instance);
    byId("present").textContent = room ? words.present(room.name, room.people) : "";
    if (accounts === "required") this.askPassword(false);
  }

  submit() {
    const { name, password } = this.fields;
    if (name.value.trim() === "") return name.focus();
    this.say("");
    this.setBusy(true);
    this.client.enter(name.value.trim(), password.value);
  }

  refuse({ code, text }) {
    this.show();
    const hasTried = this.fields.name.value !== "";
    if (code === "login-required" || code === "login-failed") this.askPassword(hasTried);
    if (code === "login-required" && !hasTried) return;
    this.say(words[REASONS[code]] ?? text);
  }

  askPassword(hasFocus = true) {
    byId("password-row").hidden = false;
    byId("has-password").hidden = true;
    if (hasFocus) this.fields.password.focus();
  }

  say(text) {
    this.alert.textContent = text;
  }

  setBusy(isBusy) {
    const button = this.form.querySelector("[type=submit]");
    button.disabled = isBusy;
    button.textContent = isBusy ? words.entering : words.enter;
  }
}
