const { TestEnvironment } = require('jest-environment-node');

/**
 * Lets a `beforeAll` skip the tests of its `describe`, in sight: jest itself can only skip what is
 * known before anything runs. See `unlessUnavailable`.
 */
module.exports = class SkippingEnvironment extends TestEnvironment {
	/** The `describe` whose `beforeAll` runs now. */
	preparing = undefined;
	/** Those of which something is missing. */
	incomplete = new Set();

	async setup() {
		await super.setup();
		this.global[Symbol.for('n8n-nodes-agentclub.test.skip')] = () => {
			if (this.preparing === undefined) throw new Error('Only a beforeAll can skip tests');
			this.incomplete.add(this.preparing);
		};
	}

	handleTestEvent({ name, hook, test }) {
		if (name === 'hook_start' && hook.type === 'beforeAll') this.preparing = hook.parent;
		if (name === 'hook_success' || name === 'hook_failure') this.preparing = undefined;
		if (name === 'test_start' && this.lacksSomething(test.parent)) test.mode = 'skip';
	}

	lacksSomething(block) {
		return block !== undefined && (this.incomplete.has(block) || this.lacksSomething(block.parent));
	}
};
