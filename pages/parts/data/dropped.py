"""A folder that is dropped or chosen goes up as one zip, packed by the browser, stored and not compressed.

Streamlit sends a folder file by file, which takes minutes for a thousand, and of a dropped one without its folders'
names, so that classes are lost. What is too large is not packed: the uploader refuses it by its size.
"""

from __future__ import annotations

import streamlit as st

from ssl_core.data.uploads import MOST_MEGABYTES

_JS = """
const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

function crc32(bytes) {
  let crc = -1;
  for (let at = 0; at < bytes.length; at++) crc = TABLE[(crc ^ bytes[at]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

// PKWARE's APPNOTE 4.3: numbers of 2 or 4 bytes, least first, as [value, bytes].
function record(...numbers) {
  const bytes = new Uint8Array(numbers.reduce((sum, [, size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [value, size] of numbers) {
    size === 4 ? view.setUint32(at, value, true) : view.setUint16(at, value, true);
    at += size;
  }
  return bytes;
}

async function zipped(files) {
  const parts = [], directory = [];
  let at = 0, size = 0;
  for (const { path, file } of files) {
    const name = new TextEncoder().encode(path);
    const crc = crc32(new Uint8Array(await file.arrayBuffer()));
    // Version 2.0, names are UTF-8, stored, 1 January 1980.
    const about = [[20, 2], [0x800, 2], [0, 2], [0, 2], [33, 2], [crc, 4], [file.size, 4], [file.size, 4]];
    const head = record([0x04034b50, 4], ...about, [name.length, 2], [0, 2]);
    const nothing = [[0, 2], [0, 2], [0, 2], [0, 2], [0, 4]];
    const line = record([0x02014b50, 4], [20, 2], ...about, [name.length, 2], ...nothing, [at, 4]);
    parts.push(head, name, file);
    directory.push(line, name);
    at += head.length + name.length + file.size;
    size += line.length + name.length;
  }
  const count = [files.length, 2];
  return [...parts, ...directory, record([0x06054b50, 4], [0, 2], [0, 2], count, count, [size, 4], [at, 4], [0, 2])];
}

async function walk(entry, files) {
  if (entry.isFile) {
    const file = await new Promise((good, bad) => entry.file(good, bad));
    files.push({ path: entry.fullPath.replace(/^\\//, ""), file });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((good, bad) => reader.readEntries(good, bad));  // at most 100 at a time
    if (!some.length) return;
    for (const one of some) await walk(one, files);
  }
}

async function hand(zone, name, find) {
  zone.setAttribute("aria-busy", "true");
  zone.style.opacity = "0.5";
  try {
    const files = await find();
    const size = files.reduce((sum, { file }) => sum + file.size, 0);
    const fits = size <= MOST && files.length < 65535;
    const parts = fits ? await zipped(files) : files.map(({ file }) => file);
    const given = new DataTransfer();
    given.items.add(new File(parts, name + ".zip", { type: "application/zip" }));
    zone.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: given }));
  } finally {
    zone.removeAttribute("aria-busy");
    zone.style.opacity = "";
  }
}

function zoneOf(element) {
  const place = element.closest?.("[class*='st-key-zip']");
  return place?.querySelector("[data-testid=stFileUploaderDropzone]");
}

export default function () {
  if (window.labFolders) return;
  window.labFolders = true;
  document.addEventListener("drop", (event) => {
    const zone = zoneOf(event.target);
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const folder = entries.find((entry) => entry.isDirectory);
    if (!zone || !folder) return;
    event.preventDefault();
    event.stopPropagation();
    hand(zone, folder.name, async () => {
      const files = [];
      for (const entry of entries) await walk(entry, files);
      return files;
    });
  }, true);
  document.addEventListener("change", (event) => {
    const input = event.target, zone = zoneOf(input);
    if (!zone || !input.webkitdirectory || !input.files.length) return;
    event.stopPropagation();
    const files = [...input.files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
    input.value = "";
    hand(zone, files[0].path.split("/")[0], async () => files);
  }, true);
}
"""
_folders = st.components.v2.component("lab_folders", js=_JS.replace("MOST", str(MOST_MEGABYTES * 2**20)))


def pack_folders() -> None:
    """Pack what is dropped onto, or chosen with, the uploader of own pictures; takes no room, but the gap before it."""
    _folders(key="lab_folders")
