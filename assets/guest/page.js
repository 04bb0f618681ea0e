// The document: applies a screen model, and tells what the user does. It
// decides nothing.

const SHARED = ['text', 'shown', 'enabled', 'pressed', 'icon', 'hint', 'label', 'data'];
const STILL_AFTER = 3000; // ms without movement until the controls step back

export class Page {
  #view = '';
  #stillTimer = null;
  #previewed = null;
  #waking = false;

  constructor(document, say) {
    this.document = document;
    document.querySelectorAll('[data-text]').forEach((e) => { e.textContent = say(e.dataset.text); });
    document.querySelectorAll('[data-label]').forEach((e) => { e.ariaLabel = e.title = say(e.dataset.label); });
    document.addEventListener('pointerdown', (e) => this.#touch(e), { capture: true, passive: true });
    document.addEventListener('click', (e) => this.#swallow(e), { capture: true });
    for (const type of ['pointermove', 'pointerdown', 'keydown']) {
      document.addEventListener(type, () => this.#stir(), { passive: true });
    }
    this.get('remote').addEventListener('dblclick', (e) => e.target.classList.toggle('crop'));
  }

  get(id) {
    return this.document.getElementById(id);
  }

  /** Calls handler when the element is pressed. */
  on(id, handler) {
    this.get(id).addEventListener('click', () => handler());
  }

  apply(model) {
    this.document.title = model.title;
    for (const part of SHARED) {
      for (const [id, value] of Object.entries(model[part] ?? {})) set[part](this.get(id), value);
    }
    if (model.view !== this.#view) this.#change(model.view);
  }

  /** Shows what the camera sees; local is null while it sees nothing. */
  preview(local) {
    if (local === this.#previewed) return;
    this.#previewed = local;
    this.get('local').srcObject = local?.preview() ?? null;
  }

  #change(view) {
    const from = this.#view;
    this.#view = view;
    this.document.body.dataset.view = view;
    for (const section of this.document.querySelectorAll('[id^="view-"]')) section.hidden = section.id !== `view-${view}`;
    // Whoever uses the keyboard goes on where the page went on.
    const first = { name: 'name', home: 'dial', ringing: 'answer', call: 'mute' }[view];
    if (first && (from || view !== 'home')) this.get(first).focus({ preventScroll: true });
    this.#stir();
  }

  // A finger has no pointer to show what is where: the touch that brings the
  // controls back presses none of those that could not be seen.
  #touch(event) {
    const still = this.get('view-call').dataset.still === 'true';
    this.#waking = still && event.pointerType === 'touch' && !event.target.closest('#hangup');
  }

  #swallow(event) {
    if (this.#waking) event.stopPropagation();
    this.#waking = false;
  }

  #stir() {
    const stage = this.get('view-call');
    stage.dataset.still = 'false';
    clearTimeout(this.#stillTimer);
    this.#stillTimer = setTimeout(() => { stage.dataset.still = String(stage.dataset.phase === 'active'); }, STILL_AFTER);
  }
}

const set = {
  text(element, value) { if (element.textContent !== value) element.textContent = value; },
  shown(element, value) { element.hidden = !value; },
  enabled(element, value) { element.disabled = !value; },
  pressed(element, value) { element.ariaPressed = String(value); element.classList.toggle('off', element.id === 'camera' ? !value : value); },
  // Only a change is written: an icon that is made anew between press and release swallows the click.
  icon(element, value) { if (element.getAttribute('href') !== `#i-${value}`) element.setAttribute('href', `#i-${value}`); },
  hint(element, value) { element.title = value; },
  label(element, value) { element.ariaLabel = value; },
  data(element, value) { Object.assign(element.dataset, Object.fromEntries(Object.entries(value).map(([k, v]) => [k, String(v)]))); },
};
