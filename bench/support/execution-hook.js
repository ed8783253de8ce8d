// Tells a bench, on a port of this machine, when n8n is up and when it begins and ends executions:
// an external hook of n8n (see n8n-under-clock.ts), one JSON text in each line. n8n ends with the
// bench that listens.
const { connect } = require('node:net');

const socket = connect(Number(process.env.AGENTCLUB_BENCH_PORT), '127.0.0.1');
socket.setNoDelay();
socket.on('error', () => undefined);
socket.on('close', () => process.exit());

function tell(what, workflowId) {
	const at = performance.timeOrigin + performance.now();
	const { user, system } = process.cpuUsage();
	const mark = {
		what,
		workflowId,
		at,
		cpu: (user + system) / 1000,
		age: 1000 * process.uptime(),
		rss: process.memoryUsage.rss(),
	};
	socket.write(`${JSON.stringify(mark)}\n`);
}

module.exports = {
	n8n: { ready: [() => tell('ready')] },
	workflow: {
		preExecute: [({ id }) => tell('begin', id)],
		postExecute: [(_run, { id }) => tell('end', id)],
	},
};
