/** file-type is an ES module: its own types may not be imported here, and the build bundles it. */
declare module 'file-type/core' {
	export function fileTypeFromBuffer(
		bytes: Uint8Array,
	): Promise<{ readonly ext: string; readonly mime: string } | undefined>;
}
