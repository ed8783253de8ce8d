/** How files of many formats begin, as short as they may be, and told apart by nothing else. */

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');

/** An ISO media file: HEIC, AVIF, MP4, MOV and M4A are the same container with another brand. */
const iso = (brand: string): Buffer => {
	const box = Buffer.alloc(24);
	box.writeUInt32BE(24, 0);
	box.write(`ftyp${brand}\0\0\0\0${brand}mif1`, 4, 'latin1');
	return Buffer.concat([box, Buffer.alloc(64)]);
};

const riff = (form: string, chunk: string): Buffer =>
	Buffer.concat([ascii(`RIFF\x24\0\0\0${form}${chunk}`), Buffer.alloc(64)]);

/** A first page of Ogg whose packet begins with these letters. */
const ogg = (packet: string): Buffer =>
	Buffer.concat([ascii('OggS\0\x02'), Buffer.alloc(22), ascii(packet), Buffer.alloc(64)]);

/** An archive with one stored, empty file. */
const zip = (name: string): Buffer => {
	const head = Buffer.alloc(30);
	head.writeUInt32LE(0x04034b50, 0);
	head.writeUInt16LE(20, 4);
	head.writeUInt16LE(name.length, 26);
	return Buffer.concat([head, ascii(name), Buffer.alloc(64)]);
};

export { TINY_PNG as PNG } from './tiny-png';
export const JPEG = Buffer.concat([
	Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'),
	Buffer.alloc(64),
]);
export const GIF = Buffer.concat([ascii('GIF89a\x01\0\x01\0\x80\0\0'), Buffer.alloc(32)]);
export const WEBP = riff('WEBP', 'VP8 ');
export const HEIC = iso('heic');
export const AVIF = iso('avif');
export const TIFF = Buffer.concat([Buffer.from('49492a0008000000', 'hex'), Buffer.alloc(64)]);
export const BMP = Buffer.concat([ascii('BM\x46\0\0\0\0\0\0\0\x36\0\0\0'), Buffer.alloc(64)]);
export const PDF = Buffer.concat([ascii('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n')]);
export const PLAIN_PDF = ascii('%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n');
export const MP4 = iso('isom');
export const MOV = iso('qt  ');
export const M4A = iso('M4A ');
export const WAV = riff('WAVE', 'fmt ');
export const MP3 = Buffer.concat([ascii('ID3\x04\0\0\0\0\0\x0a'), Buffer.alloc(64)]);
export const OPUS = ogg('OpusHead\x01\x02');
export const WEBM = Buffer.concat([
	Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282847765626d', 'hex'),
	Buffer.alloc(64),
]);
export const ZIP = zip('a.txt');
export const GZIP = Buffer.concat([Buffer.from('1f8b0800000000000003', 'hex'), Buffer.alloc(32)]);
/** The container of the old Word, Excel and PowerPoint. */
export const CFB = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]);
export const WEB_PAGE = ascii(
	'\n<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>',
);
export const SVG = ascii('<?xml version="1.0"?>\n<!-- drawn --><svg xmlns="x"><rect/></svg>');
export const NOISE = Buffer.from('9f8e7d006c5b4a00392817060504f3e2', 'hex');
