import type { Logger } from '../../client/logger';

/** Keeps every line as "level: text". */
export class RecordedLogger implements Logger {
	readonly lines: string[] = [];

	debug(message: string): void {
		this.lines.push(`debug: ${message}`);
	}

	info(message: string): void {
		this.lines.push(`info: ${message}`);
	}

	warn(message: string): void {
		this.lines.push(`warn: ${message}`);
	}

	error(message: string): void {
		this.lines.push(`error: ${message}`);
	}

	/** The lines that people would notice: warnings and errors. */
	get complaints(): string[] {
		return this.lines.filter((line) => line.startsWith('warn') || line.startsWith('error'));
	}
}
