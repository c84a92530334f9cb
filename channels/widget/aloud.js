// Reading aloud with a voice that lives on this device: what is said here goes to nobody's server.

export class Aloud {
  constructor(changed) {
    this.changed = changed;
    this.synth = self.speechSynthesis;
    this.left = 0;
  }

  // Browsers find their voices a moment after they are asked.
  voice(lang) {
    const found = () => this.synth.getVoices().filter((voice) => voice.localService && voice.lang.slice(0, 2) === lang.slice(0, 2))[0];
    if (!this.synth) return Promise.resolve(null);
    return new Promise((done) => {
      if (found()) done(found());
      else setTimeout(() => done(found() || null), 1000);
    });
  }

  say(text, lang) {
    return this.voice(lang).then((voice) => {
      if (!voice) return;
      const words = new SpeechSynthesisUtterance(text);
      words.voice = voice;
      words.lang = voice.lang;
      this.left += 1;
      words.onend = () => this.ended();
      words.onerror = () => this.ended();
      this.synth.speak(words);
      this.changed();
    });
  }

  ended() {
    this.left = Math.max(0, this.left - 1);
    this.changed();
  }

  stop() {
    this.left = 0;
    if (this.synth) this.synth.cancel();
    this.changed();
  }
}
