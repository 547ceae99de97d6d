"""What a page's loudspeaker is given, recorded by an AudioWorklet between the page's sounds and the destination."""

from __future__ import annotations

import base64
from array import array
from dataclasses import dataclass

from playwright.async_api import Page

from queue_server.domain.voice.loudness import loudness

#: Softer than this nobody hears anything.
SILENT = 0.002
#: Between two words of a sentence the sound is gone for at most so long.
GAP_S = 0.2

_TAP = """
const code = `registerProcessor("tap", class extends AudioWorkletProcessor {
  process([input]) { if (input[0]) this.port.postMessage({at: currentTime, samples: input[0].slice()}); return true; }
});`;
const Real = window.AudioContext;
window.heard = {rate: 0, blocks: []};
window.AudioContext = class extends Real {
  constructor(...options) {
    super(...options);
    window.heard.rate = this.sampleRate;
    this.bus = new GainNode(this);
    this.bus.isBus = true;
    this.bus.connect(super.destination);
    this.audioWorklet.addModule(URL.createObjectURL(new Blob([code], {type: "text/javascript"}))).then(() => {
      const mono = {numberOfInputs: 1, numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit"};
      const tap = new AudioWorkletNode(this, "tap", mono);
      tap.port.onmessage = ({data}) => window.heard.blocks.push(data);
      this.bus.connect(tap);
      document.documentElement.dataset.tapped = "yes";
    });
  }
};
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...more) {
  const isEnd = target === this.context.destination && !this.isBus;
  return connect.call(this, isEnd ? this.context.bus : target, ...more);
};
"""
_TAKEN = """
(() => {
  const {rate, blocks} = window.heard;
  const first = blocks[0]?.at ?? 0;
  const last = blocks.at(-1);
  const all = new Float32Array(last ? Math.round((last.at - first) * rate) + last.samples.length : 0);
  for (const {at, samples} of blocks) all.set(samples, Math.round((at - first) * rate));
  window.heard.blocks = [];
  let text = "";
  const bytes = new Uint8Array(all.buffer);
  for (let place = 0; place < bytes.length; place += 32768) {
    text += String.fromCharCode(...bytes.subarray(place, place + 32768));
  }
  return {rate, data: btoa(text)};
})()
"""


@dataclass(frozen=True)
class Heard:
    """What a page has played: mono samples, `rate` a second."""

    samples: array[float]
    rate: int

    def sounding(self, gap_s: float = GAP_S) -> list[Heard]:
        """The parts that are heard, parted by silences longer than `gap_s`."""
        size = self.rate // 100
        frames = range(0, len(self.samples), size)
        loud = [place for place in frames if max(map(abs, self.samples[place : place + size]), default=0) > SILENT]
        parts: list[list[int]] = []
        for place in loud:
            if parts and place - parts[-1][1] <= gap_s * self.rate:
                parts[-1][1] = place
            else:
                parts.append([place, place])
        return [Heard(self.samples[first : last + size], self.rate) for first, last in parts]

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate

    @property
    def loudness(self) -> float:
        """In LUFS, without a gate."""
        return loudness(self.samples, self.rate)


async def tap(page: Page) -> None:
    """Before the page is opened, in a context that bypasses its policy: whatever it plays is recorded."""
    await page.add_init_script(_TAP)


async def taken(page: Page) -> Heard:
    """What the page has played since it was opened, or since this was asked before."""
    found = await page.evaluate(_TAKEN)
    return Heard(array("f", base64.b64decode(found["data"])), found["rate"])
