import { outlastPings } from '../../../../client/connection/pings';
import { FakeClock } from '../../../support/fake-clock';

/** A batch on its way, of which so many bytes have arrived. */
function arriving() {
	const clock = new FakeClock();
	const state = { bytes: 0 };
	const did: string[] = [];
	const engine = {
		readyState: 'open',
		_resetPingTimeout: () => {
			did.push('more time');
		},
		_sendPacket: (type: 'pong') => {
			did.push(type);
		},
	};
	const timer = outlastPings(
		clock,
		() => engine,
		() => state.bytes,
	);
	const pass = async (seconds: number, bytes: number) => {
		for (let passed = 0; passed < seconds; passed += 15) {
			state.bytes += bytes;
			await clock.advance(15_000);
		}
	};
	return { state, did, engine, timer, pass };
}

describe('pings behind a batch that takes long', () => {
	it('are given more time while bytes arrive, and every second time an answer before they have come', async () => {
		const { did, pass } = arriving();

		await pass(60, 1);

		expect(did).toEqual(['more time', 'more time', 'pong', 'more time', 'more time', 'pong']);
	});

	it('are missed in their time where nothing arrives', async () => {
		const { did, pass } = arriving();
		await pass(15, 1);
		did.length = 0;

		await pass(60, 0);

		expect(did).toEqual([]);
	});

	it.each<[string, (scene: ReturnType<typeof arriving>) => void]>([
		[
			'it is told so (the handshake is complete, or the attempt over)',
			({ timer }) => {
				timer.cancel();
			},
		],
		[
			'the transport is not open',
			({ engine }) => {
				engine.readyState = 'closed';
			},
		],
	])("are the library's own affair when %s", async (_when, end) => {
		const scene = arriving();
		end(scene);

		await scene.pass(60, 1);

		expect(scene.did).toEqual([]);
	});
});
