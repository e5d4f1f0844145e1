/**
 * Calls a person for alerts, where they asked for it: by the desktop's notifications, by a tone, or both; one tab of a browser does.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Alert, Severity } from "../actors/contract/alert.ts";
import type { LiveAlerts } from "../actors/contract/live.ts";
import { NOTICE_INTERVAL_MS, noticesOf, noticeText } from "./model/alert_notice.ts";
import type { AlertsState } from "./model/alert_state.ts";
import { StoredSwitch } from "./stored_switch.ts";
import { StoredText } from "./stored_text.ts";

/** The tab that has this lock calls. */
const LOCK = "fxmm.notifier";
/** Hertz and seconds of the tone, by how bad it is. */
const TONES: Readonly<Record<Severity, readonly (readonly [hertz: number, seconds: number])[]>> = {
  info: [[660, 0.12]],
  warning: [[660, 0.12], [880, 0.12]],
  critical: [[880, 0.12], [660, 0.12], [880, 0.12], [660, 0.24]],
};
const LOUDNESS = 0.12;

export interface NotifierOptions {
  labelOf: (pair: string) => string;
  /** Somebody wants to see an alert. */
  onOpen: (alert: Alert) => void;
}

export class Notifier {
  readonly #options: NotifierOptions;
  readonly #desktop = new StoredSwitch("fxmm.notify.desktop", false);
  readonly #sound = new StoredSwitch("fxmm.notify.sound", false);
  readonly #severity = new StoredText("fxmm.notify.severity", "warning");
  readonly #problem = signal<string | undefined>(undefined);
  #waiting: Alert[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #calledMs = -Infinity;
  #isCaller = false;
  #audio: AudioContext | undefined;

  constructor(options: NotifierOptions) {
    this.#options = options;
    // Where there are no locks (a page that is not secure) every tab calls.
    if (navigator.locks === undefined) this.#isCaller = true;
    else {
      void navigator.locks.request(LOCK, () => {
        this.#isCaller = true;
        return new Promise<never>(() => {});
      });
    }
  }

  get desktop(): ReadonlySignal<boolean> {
    return this.#desktop.value;
  }

  get sound(): ReadonlySignal<boolean> {
    return this.#sound.value;
  }

  /** Alerts that are less bad call nobody. */
  get severity(): ReadonlySignal<string> {
    return this.#severity.value;
  }

  /** Why what was asked for is not done. */
  get problem(): ReadonlySignal<string | undefined> {
    return this.#problem;
  }

  /** To be called from a click: a browser asks for permission at no other time. */
  async toggleDesktop(): Promise<void> {
    this.#problem.value = undefined;
    if (this.#desktop.value.peek()) return this.#desktop.set(false);
    if (typeof Notification === "undefined") {
      this.#problem.value = "This browser has no notifications for this page.";
    } else if (await Notification.requestPermission() === "granted") this.#desktop.set(true);
    else this.#problem.value = "The browser does not allow notifications here; its settings for this page say so.";
  }

  /** To be called from a click, for the same reason; it plays the tone. */
  toggleSound(): void {
    const on = !this.#sound.value.peek();
    this.#sound.set(on);
    if (on) this.#play("info");
  }

  setSeverity(severity: Severity): void {
    this.#severity.set(severity);
  }

  /** A message came; `before` is what was known. */
  receive(before: AlertsState | undefined, message: LiveAlerts): void {
    if (!this.#isCaller || !(this.#desktop.value.peek() || this.#sound.value.peek())) return;
    this.#waiting.push(...noticesOf(before, message, this.#severity.value.peek() as Severity));
    if (this.#waiting.length === 0 || this.#timer !== undefined) return;
    const pauseMs = Math.max(0, this.#calledMs + NOTICE_INTERVAL_MS - performance.now());
    this.#timer = setTimeout(() => this.#call(), pauseMs);
  }

  #call(): void {
    this.#timer = undefined;
    this.#calledMs = performance.now();
    const notice = noticeText(this.#waiting, this.#options.labelOf);
    this.#waiting = [];
    if (notice === undefined) return;
    const { title, body, alert } = notice;
    if (this.#sound.value.peek()) this.#play(alert.severity);
    if (!this.#desktop.value.peek() || typeof Notification === "undefined" || Notification.permission !== "granted") {
      return;
    }
    const shown = new Notification(title, { body, tag: alert.id });
    shown.onclick = () => {
      globalThis.focus();
      this.#options.onOpen(alert);
      shown.close();
    };
  }

  #play(severity: Severity): void {
    const audio = this.#audio ??= new AudioContext();
    void audio.resume();
    const gain = audio.createGain();
    gain.connect(audio.destination);
    gain.gain.value = LOUDNESS;
    let at = audio.currentTime;
    for (const [hertz, seconds] of TONES[severity]) {
      const tone = audio.createOscillator();
      tone.frequency.value = hertz;
      tone.connect(gain);
      tone.start(at);
      tone.stop(at += seconds);
    }
  }
}
