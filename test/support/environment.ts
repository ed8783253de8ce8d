/**
 * Sets variables of this process's environment (undefined removes one) for as long as `run` takes.
 */
export async function withEnvironment(
	variables: Readonly<Record<string, string | undefined>>,
	run: () => Promise<void>,
): Promise<void> {
	const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
	for (const [name, value] of Object.entries(variables)) set(name, value);
	try {
		await run();
	} finally {
		for (const [name, value] of before) set(name, value);
	}
}

function set(name: string, value: string | undefined): void {
	if (value === undefined) Reflect.deleteProperty(process.env, name);
	else process.env[name] = value;
}
