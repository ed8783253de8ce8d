import { N8nFixture } from '../support/n8n-fixture';

it('the package is known to n8n without its classes being run', async () => {
	const host = await N8nFixture.start();
	try {
		expect(host.n8n.log()).toMatch(
			/Lazy-loading nodes and credentials from n8n-nodes-agentclub \{ "nodes": 2, "credentials": 1/,
		);
		const icon = await fetch(
			`${host.n8n.address}/icons/n8n-nodes-agentclub/dist/icons/agentclub.svg`,
		);
		expect(await icon.text()).toContain('<svg');
	} finally {
		await host.stop();
	}
});
