import type { Locator, Page } from 'playwright-core';

/** The dialog in which a credential is filled in and tested. */
export class CredentialDialog {
	constructor(private readonly page: Page) {}

	get root(): Locator {
		return this.page.getByTestId('editCredential-modal');
	}

	/**
	 * Resolves when the dialog is complete: n8n thinks of a name for a new credential, and does not
	 * save one without.
	 */
	async shown(): Promise<void> {
		await this.root
			.getByTestId('credential-name')
			.getByTestId('inline-edit-preview')
			.filter({ hasText: /\w/ })
			.waitFor();
	}

	async fill(fields: Readonly<Record<string, string>>): Promise<void> {
		for (const [name, value] of Object.entries(fields))
			await this.root.getByTestId(`parameter-input-${name}`).locator('input').fill(value);
	}

	/**
	 * Saves, which tests as well.
	 * @returns what the dialog says of a test that fails, or what the node said of one that succeeds
	 */
	async save(): Promise<string> {
		const tested = this.page.waitForResponse((response) =>
			response.url().endsWith('/rest/credentials/test'),
		);
		await this.root.getByTestId('credential-save-button').click();
		const { data: verdict } = (await (await tested).json()) as {
			data: { status: string; message: string };
		};
		if (verdict.status === 'OK') return verdict.message;
		const details = this.root.getByText('More details');
		const words = this.root.getByText(verdict.message);
		// They stay open once somebody has opened them.
		await details.or(words).filter({ visible: true }).waitFor();
		if (await details.isVisible()) await details.click();
		return await words.innerText();
	}

	/** What the dialog says of a credential that is good. */
	async success(): Promise<string> {
		return await this.root.getByTestId('credentials-config-container-test-success').innerText();
	}

	/** n8n closes it by itself when a new credential turns out to be good. */
	async hidden(): Promise<void> {
		await this.root.waitFor({ state: 'hidden' });
	}

	async close(): Promise<void> {
		await this.root.locator('.el-dialog__close').click();
		await this.hidden();
	}
}
