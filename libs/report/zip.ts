import type { ReportFile } from './file.js';

/** Of each byte value, what it adds to a CRC-32 (ISO/IEC 8802-3, as APPNOTE 4.4.7 of ZIP takes it). */
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});
const crc32 = (bytes: Uint8Array): number => (bytes.reduce((crc, byte) => (crc >>> 8) ^ (crcTable[(crc ^ byte) & 0xff] ?? 0), 0xffffffff) ^ 0xffffffff) >>> 0;

// 1 January 1980, the first day ZIP knows: the same files give the same bytes.
const noTime = [0, 0x21] as const;
const nameInUtf8 = 0x0800;

/** Files in one ZIP, not compressed: PDF is already, and proofs do not get smaller. For up to 65,535 files and 4 GiB (APPNOTE 6.3). */
export const zipOf = (files: readonly ReportFile[]): Uint8Array => {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, bytes } of files) {
    const name = Buffer.from(path, 'utf8');
    const fields = [20, nameInUtf8, 0, ...noTime, crc32(bytes), bytes.length, bytes.length, name.length, 0] as const;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    writeFields(local, 4, fields);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    writeFields(entry, 6, fields);
    entry.writeUInt32LE(offset, 42);
    parts.push(local, name, Buffer.from(bytes));
    directory.push(entry, name);
    offset += local.length + name.length + bytes.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listed, end]);
};

/** Version, flags, method, time, day (two bytes each), CRC and both sizes (four), length of name and extra field (two). */
const writeFields = (into: Buffer, start: number, [version, flags, method, time, day, crc, packed, size, name, extra]: readonly [number, number, number, number, number, number, number, number, number, number]): void => {
  [version, flags, method, time, day].forEach((value, place) => into.writeUInt16LE(value, start + place * 2));
  [crc, packed, size].forEach((value, place) => into.writeUInt32LE(value, start + 10 + place * 4));
  [name, extra].forEach((value, place) => into.writeUInt16LE(value, start + 22 + place * 2));
};
