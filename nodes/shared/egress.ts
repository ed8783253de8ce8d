import { isIP } from 'node:net';
import type { NodeEgressFilter, RequestHelperFunctions } from 'n8n-workflow';
import type { Egress } from '../../client/connection/egress';
import { AgentClubError } from '../../client/errors';
import { type Environment, variable } from './n8n-variables';

/**
 * n8n's SSRF protection (n8n 2.x), by which an administrator forbids addresses to nodes, as the
 * client's rule about where it may connect.
 */

/** What a node's context offers; n8n 1.x has no such helper. */
export type EgressHelpers = Partial<Pick<RequestHelperFunctions, 'getSecureEgressFilter'>>;

/**
 * The rules that contexts have told, for contexts without such a helper. The whole process has the
 * same rules.
 */
interface Told {
	readonly filter: NodeEgressFilter | undefined;
}

const TOLD = Symbol.for('n8n-nodes-agentclub.egress.1');
const ofProcess = globalThis as { [TOLD]?: Told };

/** n8n's rules, where it has any to offer. */
export function egressOf(helpers: EgressHelpers | undefined): Egress | undefined {
	const filter = helpers?.getSecureEgressFilter?.();
	if (filter || !ofProcess[TOLD]) ofProcess[TOLD] = { filter };
	return filter && guarded(filter);
}

/**
 * The rules for the test of a credential, whose context has no such helper
 * (`test/e2e/ssrf.test.ts`). They are those that n8n has told a node of this process. Before that,
 * with the protection turned on, every connection is refused.
 */
export function egressForCredentialTest(
	environment: Environment = process.env,
): Egress | undefined {
	const told = ofProcess[TOLD];
	if (told) return told.filter && guarded(told.filter);
	const setting = variable('N8N_SSRF_PROTECTION_ENABLED', environment);
	// A file that cannot be read may have turned it on.
	const isOn =
		setting === undefined
			? Boolean(environment.N8N_SSRF_PROTECTION_ENABLED_FILE)
			: /^(true|1)$/i.test(setting);
	return isOn ? NOT_TOLD_YET : undefined;
}

const NOT_TOLD_YET: Egress = {
	check: () => Promise.reject(notTold()),
	lookup: (_hostname, _options, done) => {
		done(notTold(), '');
	},
};

function notTold(): AgentClubError {
	return new AgentClubError(
		'BLOCKED',
		"n8n's SSRF protection is on, and n8n tells its rules to nodes, not to the test of a " +
			'credential',
		{
			remedy:
				'Save the credential, open an Agent Club node that uses it so that one of its lists ' +
				'is loaded, and test again.',
		},
	);
}

function guarded(filter: NodeEgressFilter): Egress {
	const lookup = filter.createSecureLookup();
	return {
		async check(url) {
			const result = await filter.validateUrl(url);
			if (!result.ok) throw inOurWords(result.error, new URL(url).hostname);
		},
		lookup(hostname, options, done) {
			lookup(hostname, options, (error, address, family) => {
				done(error && inOurWords(error, hostname), address, family);
			});
		},
	};
}

/** By their names: these classes are n8n's own, and no package may import them. */
function inOurWords(error: Error, hostname: string): Error {
	const host = hostname.replace(/^\[|\]$/g, '');
	if (error.name === 'SsrfBlockedHostnameError') {
		return new AgentClubError('BLOCKED', `n8n's SSRF protection blocks the name ${host}`, {
			cause: error,
			remedy:
				'An administrator takes it out of N8N_SSRF_BLOCKED_HOSTNAMES, or adds it to ' +
				`N8N_SSRF_ALLOWED_HOSTNAMES. ${RESTART}`,
		});
	}
	if (error.name !== 'SsrfBlockedIpError') return error;
	const { ip = host } = error as Error & { ip?: string };
	const range = `${ip}/${isIP(ip) === 6 ? '128' : '32'}`;
	// A host that is an address is never looked for among the allowed names (read in n8n 2.41).
	const byName = isIP(host) ? '' : `${host} to N8N_SSRF_ALLOWED_HOSTNAMES, or `;
	return new AgentClubError(
		'BLOCKED',
		`n8n's SSRF protection blocks ${ip === host ? host : `${host} (${ip})`}`,
		{
			cause: error,
			remedy:
				`An administrator allows it by adding ${byName}${range} to N8N_SSRF_ALLOWED_IP_RANGES. ` +
				RESTART,
		},
	);
}

const RESTART = 'n8n reads that from its environment when it starts, its workers as well.';
