import { isSilence } from '../../../../client/outbound/is-silence';
import { fieldWithWords, wordsOfBlocks } from '../../../../client/outbound/model-words';
import { withoutReasoning } from '../../../../client/outbound/without-reasoning';
import { STANDSTILL, withoutStandstill } from '../../../support/standstill';

const HELLO = { type: 'text', text: 'Hello' };

describe('the words of a model', () => {
	it.each([
		['OpenAI', [{ type: 'message', content: [{ type: 'output_text', text: 'Hello' }] }]],
		['OpenAI with a text', [{ type: 'message', role: 'assistant', content: 'Hello' }]],
		['a block alone', HELLO],
		['reasoning before it', [{ type: 'reasoning', summary: [HELLO] }, HELLO]],
		['thinking before it', [{ type: 'thinking', thinking: 'Hm' }, HELLO]],
		['thinking that nobody may read', [{ type: 'redacted_thinking', data: 'x' }, HELLO]],
		['a call of a tool behind it', [HELLO, { type: 'tool_use', name: 'x', input: {} }]],
		['a search before it', [{ type: 'web_search_call', id: 'x' }, HELLO]],
		['Gemini', [{ text: 'Hm', thought: true }, { text: 'Hello' }]],
		['a text that was cut', [{ type: 'text', text: 'Hel' }, 'lo']],
		['a refusal', [{ type: 'refusal', refusal: 'Hello' }]],
		['a block of a kind that nobody knows yet', [{ type: 'reference', ids: [1] }, HELLO]],
		['a whole message', { role: 'assistant', content: 'Hello', refusal: null }],
		['a list of whole messages', [{ role: 'assistant', content: [HELLO] }]],
		["Gemini's whole message", { role: 'model', parts: [{ text: 'Hello' }] }],
		['a call of a tool in Gemini', [{ functionCall: { name: 'x' } }, { text: 'Hello' }]],
	])('are found in content blocks, never its reasoning (%s)', (_what, value) => {
		expect(wordsOfBlocks(value)).toBe('Hello');
	});

	it('are found where an assistant has put them a level deeper', () => {
		const block = { type: 'text', text: { value: 'Hello', annotations: [] } };

		expect(wordsOfBlocks([block])).toBe('Hello');
	});

	it.each([
		[{ answer: 42 }, '{\n  "answer": 42\n}'],
		[[1, 2], '[\n  1,\n  2\n]'],
		[{}, ''],
		[[], ''],
	])("are JSON where n8n's OpenAI node has parsed it: %j", (text, words) => {
		const message = { type: 'message', content: [{ type: 'output_text', text, annotations: [] }] };

		expect(wordsOfBlocks([{ type: 'reasoning', summary: [HELLO] }, message])).toBe(words);
		expect(fieldWithWords({ output: [message] })).toBe(words === '' ? undefined : 'output');
	});

	it('are freed of any number of reasonings in a time that grows with the text only', () => {
		expect(withoutReasoning(`${'<think>a</think>'.repeat(200_000)}Hello`)).toBe('Hello');
		expect(withoutReasoning(`${'<think><think></think>'.repeat(100_000)}Hello`)).toBe('Hello');
		expect(withoutReasoning(`${'<think>'.repeat(200_000)}Hello`)).toBe('');
		expect(withoutReasoning(`<think>${'`</think>`'.repeat(50_000)}</think>Hello`)).toBe('Hello');
		expect(withoutReasoning(`${'`</think>` '.repeat(50_000)}a.</think>Hello`)).toBe('Hello');
		const boxes = `<|end_of_box|>${'<|begin_of_box|>'.repeat(50_000)}`;
		expect(withoutReasoning(boxes)).toBe(boxes);
		const turns = '<|im_end|> '.repeat(50_000) + 'Hello';
		expect(withoutReasoning(turns)).toBe(turns);
	});

	it('of two messages are two paragraphs', () => {
		const message = { type: 'message', content: [HELLO] };
		expect(wordsOfBlocks([message, message])).toBe('Hello\n\nHello');
	});

	it.each([[{ role: 'admin', content: 'a' }], [[{ type: 'order' }, { type: 'invoice' }]]])(
		'are not looked for in data that only looks like a message: %j',
		(value) => {
			expect(wordsOfBlocks(value)).toBeUndefined();
		},
	);

	it.each([[[]], [{}], [['a', 'b']], [[{ id: 1, text: 'a' }]], [[HELLO, 5]], [{ type: 'order' }]])(
		'are not looked for in %j',
		(value) => {
			expect(wordsOfBlocks(value)).toBeUndefined();
		},
	);

	it.each([
		['an answer behind reasoning', '<think>a</think>Hello'],
		['an answer in its channel', '<|channel|>final<|message|>Hello'],
		['an answer', 'Hello'],
	])(
		'are read in one go, however much white space is in %s',
		(_what, text) => {
			const blanks = `${' \n'.repeat(1_000_000)}x`;
			const words = withoutStandstill(() => withoutReasoning(text + blanks));
			expect(words).toBe(`Hello${blanks}`);
		},
		STANDSTILL,
	);

	it.each([
		['<think>Hm</think>Hello', 'Hello'],
		['\n<THINK>\nHm\n</THINK>\n\nHello', 'Hello'],
		['<think>a</think><think>b</think> Hello', 'Hello'],
		['<thinking>a</thinking>\nHello', 'Hello'],
		['<think>never ends', ''],
		['<think>a</thinking>Hello', 'Hello'],
		['<thinking>a</think>Hello', 'Hello'],
		['\u200b<think>a</think>Hello', 'Hello'],
		['<think>a <think>b</think> c</think>Hello', 'Hello'],
		['<think>a <thinking>b <think>c</think></thinking> d</think>\nHello', 'Hello'],
		['<think>They write <think> first.</think>Hello', 'Hello'],
		['<think>a</think>Write <think>b</think> like this', 'Write <think>b</think> like this'],
		['<scratchpad>a</scratchpad>Hello', 'Hello'],
		['<antThinking>a</antThinking>Hello', 'Hello'],
		['<think>a</think>\n<answer>Hello</answer>', 'Hello'],
		['<answer>Hello</answer>', '<answer>Hello</answer>'],
		['<inner_thoughts>a</inner_thoughts>Hello', 'Hello'],
		['<chain_of_thought>a</chain_of_thought>Hello', 'Hello'],
		['<thinking>a</thinking>\n\n<response>\nHello\n</response>', 'Hello'],
		['<think>a</think><Final_Answer>Hello</Final_Answer>', 'Hello'],
		['<think>a</think>It is <answer>5</answer>', 'It is <answer>5</answer>'],
		['Use <think>x</think>', 'Use <think>x</think>'],
		['Okay, they ask.\nSo:\n</think>\n\nHello', 'Hello'],
		['They write `hi`.\n</think>\n\nHello', 'Hello'],
		['So:\n```js\nf();\n```\nFine.\n</think>\n\n`f` it is.', '`f` it is.'],
		['End it with `\n</think>\n` then', 'End it with `\n</think>\n` then'],
		['</think>Hello', 'Hello'],
		['Hm\n</think>\n<think>again</think>Hello', 'Hello'],
		['<think >a</think>Hello', 'Hello'],
		['<think type="x">a</think>Hello', 'Hello'],
		['<thought>a</thought>\n<reasoning>b</reasoning>\nHello', 'Hello'],
		['<reasoning>is a tag of mine', '<reasoning>is a tag of mine'],
		['Use </think> to end it', 'Use </think> to end it'],
		['Write:\n```\n</think>\n```', 'Write:\n```\n</think>\n```'],
		['Begin with <think> and end with\n</think>', 'Begin with <think> and end with\n</think>'],
		['They greet me. I greet back.</think>\n\nHello', 'Hello'],
		['<seed:think>a</seed:think>Hello', 'Hello'],
		['[THINK]a[/THINK]Hello', 'Hello'],
		['[THINK] is a tag of mine', '[THINK] is a tag of mine'],
		['◁think▷a◁/think▷Hello', 'Hello'],
		['<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>Hello<|END_RESPONSE|>', 'Hello'],
		['<|channel>thought\na<channel|>Hello', 'Hello'],
		['<unused94>thought\na<unused95>Hello', 'Hello'],
		[
			'<|begin_of_thought|>a<|end_of_thought|>\n<|begin_of_solution|>Hello<|end_of_solution|>',
			'Hello',
		],
		// The mark that begins it was swallowed.
		['They greet me.</think>Hello', 'Hello'],
		['They greet me</think>Hello', 'Hello'],
		['They greet me.</think> Hello', 'Hello'],
		['They greet me. </think> Hello', 'Hello'],
		['They greet me.</thought>Hello', 'Hello'],
		['They greet me.\n</thinking>\n\n</thinking>\nHello', 'Hello'],
		['They greet me.[/THINK]Hello', 'Hello'],
		['They greet me.◁/think▷Hello', 'Hello'],
		['They greet me.<channel|>Hello', 'Hello'],
		['They greet me.\n<|END_THINKING|><|START_RESPONSE|>Hello<|END_RESPONSE|>', 'Hello'],
		['They ask about `</think>`.\n</think>\nHello', 'Hello'],
		// It is quoted, or doubled.
		['<think>What does `</think>` do? It ends it.</think>Hello', 'Hello'],
		['<think>What does "</think>" do? It ends it.</think>Hello', 'Hello'],
		['<think>So:\n```\n</think>\n```\nFine.</think>\nHello', 'Hello'],
		['<think>They use `<think>x</think>` here.</think>Hello', 'Hello'],
		['<think>An open ` here.</think>Use `x`', 'Use `x`'],
		['<think>An open fence:\n```\n</think>\nHello', 'Hello'],
		['<think>a</think>\n</think>\n\nHello', 'Hello'],
		['<think>a</think></thinking>Hello', 'Hello'],
		// People talk about it.
		['The mark "</think>" ends it', 'The mark "</think>" ends it'],
		['The mark **</think>** ends it', 'The mark **</think>** ends it'],
		['The mark (</think>) ends it', 'The mark (</think>) ends it'],
		['From <think> to the end.</think>Well', 'From <think> to the end.</think>Well'],
		['Use [/THINK] or <channel|> to end it', 'Use [/THINK] or <channel|> to end it'],
	])('of %j are %j without its reasoning', (text, words) => {
		expect(withoutReasoning(text)).toBe(words);
	});

	const FINAL = '<|start|>assistant<|channel|>final<|message|>Hello';

	it.each([
		['<|channel|>analysis<|message|>Hm<|end|>' + FINAL, 'Hello'],
		[`<|start|>assistant<|channel|>analysis<|message|>Hm<|end|>\n${FINAL}<|return|>`, 'Hello'],
		['<|channel|>analysis<|message|>Hm<|end|><|channel|>final<|message|>Hello<|end|>', 'Hello'],
		['analysis<|message|>Hm<|end|>' + FINAL, 'Hello'],
		['They greet me.<|end|>' + FINAL, 'Hello'],
		[
			'<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>commentary ' +
				`to=functions.x <|constrain|>json<|message|>{"a":1}<|call|>${FINAL}`,
			'Hello',
		],
		['<|channel|>final <|constrain|>json<|message|>{"a":1}', '{"a":1}'],
		['<|channel|>final<|message|>', ''],
		['<|channel|>analysis<|message|>never ends', ''],
		['<|channel|>analysis<|message|>They use `x`.<|end|>' + FINAL, 'Hello'],
		['<|channel|>analysis<|message|>So:\n```\nx\n```\n<|end|>' + FINAL, 'Hello'],
		['<|channel|>analysis<|message|>I write `' + FINAL + '`.<|end|>' + FINAL + '!', 'Hello!'],
		['<|channel|>analysis<|message|>Hm' + FINAL, 'Hello'],
		['<|channel|>analysis<|message|>Hm<|end|>' + FINAL + '<|return|>And so on', 'Hello'],
		[
			'<|channel|>analysis<|message|>Hm<|end|>' + FINAL + '<|end|><|start|>user<|message|>Hi',
			'Hello',
		],
		['<|start|>assistant<|message|>Hello<|return|>', 'Hello'],
		['final<|message|>Hello', 'Hello'],
		['analysis\nThey say hi.\n\nassistantfinal\n\nHello', 'Hello'],
		['assistantfinalHello', 'Hello'],
		['analysisThey say "hi".assistantfinalHello', 'Hello'],
		['analysis他们打招呼。assistantfinalHello', 'Hello'],
		['analysisThey ask.assistantcommentary to=functions.x json{"a":1}assistantfinalHello', 'Hello'],
	])('in the channels of gpt-oss, %j, are %j', (text, words) => {
		expect(withoutReasoning(text)).toBe(words);
	});

	it.each([
		['A message begins with <|channel|>analysis<|message|>, and ends with <|end|>.'],
		['Write `<|end|><|start|>assistant<|channel|>final<|message|>` before the answer.'],
		['analysis of the assistantfinal field'],
		['analysisWe need more data'],
		['<|channel|>'],
		['analysis\nof the data'],
	])('that tell of such channels stay as they are: %j', (text) => {
		expect(withoutReasoning(text)).toBe(text);
	});

	it('are freed of channels in a time that grows with the text only', () => {
		const channels = '<|channel|>analysis<|message|>a<|end|>'.repeat(100_000);
		expect(withoutReasoning(channels + FINAL)).toBe('Hello');
		expect(withoutReasoning(`analysisA${'assistant'.repeat(200_000)}`)).toMatch(/^analysisA/);
		const quoted = `<|channel|>analysis<|message|>${'`<|channel|>final<|message|>`'.repeat(50_000)}`;
		expect(withoutReasoning(quoted + FINAL)).toBe('Hello');
	});
});

describe('the marks of a chat template', () => {
	it.each([
		['Hello<|im_end|>', 'Hello'],
		['Hello<|eot_id|>\n', 'Hello'],
		['Hello\n<|im_end|>\n<|endoftext|>', 'Hello'],
		['Hello<end_of_turn>', 'Hello'],
		['Hello<｜end▁of▁sentence｜>', 'Hello'],
		['Hello</s>', 'Hello'],
		['Hello<eos>', 'Hello'],
		['Hello<|END_OF_TURN_TOKEN|>', 'Hello'],
		['<|im_start|>assistant\nHello<|im_end|>', 'Hello'],
		['<|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>', 'Hello'],
		['<start_of_turn>model\nHello<end_of_turn>', 'Hello'],
		['<|assistant|>Hello', 'Hello'],
		['<|im_start|>assistant\n<think>a</think>Hello<|im_end|>', 'Hello'],
		['<think>a</think><|im_start|>assistant\nHello', 'Hello'],
		['<|im_end|>', ''],
		['<|turn>model\nHello<turn|>', 'Hello'],
		['<|header_start|>assistant<|header_end|>\n\nHello<|eot|>', 'Hello'],
		['<|start_of_role|>assistant<|end_of_role|>Hello<|end_of_text|>', 'Hello'],
		['<|im_assistant|>assistant<|im_middle|>Hello<|im_end|>', 'Hello'],
		['<|assistant_start|>Hello<|assistant_end|>', 'Hello'],
		['<|assistant|>\nHello<|user|>', 'Hello'],
		['It is <|begin_of_box|>42<|end_of_box|>.', 'It is 42.'],
		['Hello<|im_end|>\n<|im_start|>user\nAnd you?<|im_end|>', 'Hello'],
		['Hello<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nAnd you?', 'Hello'],
		['Hello<end_of_turn>\n<start_of_turn>user\nAnd you?', 'Hello'],
		['Hello<turn|>\n<|turn>user\nAnd you?', 'Hello'],
		['<think>a</think>Hello<|im_end|><|im_start|>assistant\nHello again', 'Hello'],
	])('around the words go: %j is %j', (text, words) => {
		expect(withoutReasoning(text)).toBe(words);
	});

	it.each([
		['A turn of ChatML ends with <|im_end|>'],
		['A turn ends with `<|im_end|>`'],
		['<|im_end|> ends a turn'],
		['<s>old</s>'],
		['<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant'],
		['So: <|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello'],
		['Write:\n```\nHi<|im_end|>\n<|im_start|>assistant\n```'],
		['Use `<|begin_of_box|>42<|end_of_box|>`.'],
		['Hello \n'],
		['Hello|>'],
	])('that somebody writes about stay: %j', (text) => {
		expect(withoutReasoning(text)).toBe(text);
	});

	it('make a word for silence no other word', () => {
		expect(isSilence(withoutReasoning('NO_REPLY<|im_end|>'), 'NO_REPLY')).toBe(true);
	});

	it('are taken off in a time that grows with the text only', () => {
		expect(withoutReasoning(`Hello${'<|im_end|>'.repeat(100_000)}`)).toBe('Hello');
		expect(withoutReasoning(`a${'<|im_end|>'.repeat(100_000)}a`)).toMatch(/a$/);
	});
});

describe("a model's word for silence", () => {
	it.each([
		['NO_REPLY'],
		['NO_REPLY.'],
		['`NO_REPLY`'],
		['**no_reply**'],
		['"No_Reply"'],
		['“NO_REPLY”'],
		['NO\\_REPLY'],
		['Nothing to add.\n\nNO_REPLY'],
		['NO_REPLY\nI have nothing to add.'],
		['```\nNO_REPLY\n```'],
		['\u200bNO_REPLY\u200b'],
		['no_reply'],
		['Nothing to add. NO_REPLY'],
		['Nothing to add.NO_REPLY'],
		['他们在聊天。NO_REPLY'],
		['NO_REPLY. They talk to each other.'],
		['NO_REPLY — the message is for Tom'],
		['NO_REPLY - not addressed to me'],
		['`NO_REPLY` – they talk to each other'],
		['NO_REPLY (they talk to each other)'],
		// Some models leave out the end of the line.
		['NO_REPLYThe user is talking to Tom.'],
		['🤐 NO_REPLY 🙂'],
		['ＮＯ＿ＲＥＰＬＹ'],
		['NO_REPLY NO_REPLY'],
		// As their names stand before what others say.
		['Nova: NO_REPLY'],
		['Nova Bot: NO_REPLY'],
		['**Nova:** NO_REPLY'],
		['**Nova**: NO_REPLY'],
		['Output: `NO_REPLY`'],
		['Answer: "NO_REPLY"'],
		['Final answer: NO_REPLY'],
		['**Final answer:** `NO_REPLY`.'],
		['回答：NO_REPLY'],
		['{"output": "NO_REPLY"}'],
		['@Mia NO_REPLY'],
		['**@Mia** NO_REPLY'],
		['@Mia, @Tom: NO_REPLY'],
		['@Mia Chen NO_REPLY'],
		['＠Mia NO_REPLY'],
		['NO_REPLY @Mia'],
		['<at user_id="u_1">Mia van Dam</at> NO_REPLY'],
		['@NO_REPLY'],
		['They talk to each other.\n\nAnswer: NO_REPLY'],
		['**Reasoning:** not for me.\n**Final answer:** `NO_REPLY`'],
		['Nova: NO_REPLY\nThey talk to each other.'],
		['<answer>NO_REPLY</answer>'],
		['They talk to each other.\n<answer>\nNO_REPLY\n</answer>'],
		['{"action": "NO_REPLY", "reason": "They talk to each other."}'],
		['```json\n{"response": "no_reply", "confidence": 0.9}\n```'],
		['NO_REPLY [they talk to each other]'],
		['NO_REPLY {not for me}'],
		['NO_REPLY【与我无关】'],
		['Nothing to add, NO_REPLY'],
		['他们在聊天，NO_REPLY'],
		['NO_REPLY, they talk to each other'],
	])('is %j', (text) => {
		expect(isSilence(text, 'NO_REPLY')).toBe(true);
	});

	it.each([
		['The word NO_REPLY means silence.'],
		['NO_REPLY means silence'],
		['a\nNO_REPLY\nb'],
		['NO_REPLY-like words'],
		['NO_REPLYS'],
		['Did you mean no_reply? no_reply'],
		['An agent that has nothing to say writes NO_REPLY.'],
		['NO_REPLY: what an agent writes to say nothing'],
		['What an agent writes is this: NO_REPLY'],
		['NO_REPLY or NO_REPLY'],
		['@Mia write NO_REPLY'],
		['@Mia: what you write is NO_REPLY'],
		['NO_REPLY @Mia means silence'],
		['<at user_id="u_1">Mia</at> is the word NO_REPLY'],
		[`${'Nova'.repeat(16)}a:${'b'.repeat(40)}: NO_REPLY`],
		['NO_REPLY (silence) is one of the words'],
		['Tom wrote no_reply. It means silence.'],
		['{"answer": "Hello", "otherwise": "NO_REPLY"}'],
		['Choose one of PASS, NO_REPLY'],
		['PASS, NO_REPLY'],
		['NO_REPLY, PASS, SKIP'],
		['NO_REPLY, as agents write it, means silence'],
		['The words are: pass, NO_REPLY'],
		['An agent without words writes it so.\nAn answer of this kind is this: NO_REPLY'],
		['...'],
		[''],
	])('is not %j', (text) => {
		expect(isSilence(text, 'NO_REPLY')).toBe(false);
	});

	// Models write the word as capitals with another sign between them; "No reply." is what they say
	// when somebody asks whether Tom has answered.
	it.each([
		['NO REPLY', true],
		['NO-REPLY', true],
		['**NO REPLY.**', true],
		['NOREPLY', true],
		['No reply.', false],
		['no reply', false],
		['no-reply', false],
		['Tom:\nNO REPLY', false],
		['NO REPLY from Tom', false],
	])('with another sign between its parts counts in capitals, and alone: %j is %j', (text, is) => {
		expect(isSilence(text, 'NO_REPLY')).toBe(is);
	});

	it('may have signs of its own, and none at all', () => {
		expect(isSilence('[SILENT]', '[SILENT]')).toBe(true);
		expect(isSilence('---', '---')).toBe(true);
		expect(isSilence('...', '---')).toBe(false);
		expect(isSilence('', '')).toBe(false);
	});

	it('is looked for in one go, whatever a text is made of', () => {
		expect(isSilence(`x${'.'.repeat(2_000_000)}x`, 'NO_REPLY')).toBe(false);
		expect(isSilence(`${'@a '.repeat(500_000)}b NO_REPLY`, 'NO_REPLY')).toBe(false);
		expect(isSilence(`${'<at user_id="'.repeat(100_000)} NO_REPLY`, 'NO_REPLY')).toBe(false);
	});
});

describe("the field of another node's item that has words", () => {
	it.each([
		[{ text: '<at user_id="u_1">Nova</at> hi', plainText: 'hi' }, 'plainText'],
		[{ text: 'Hello' }, 'text'],
		[{ message: { content: 'Hello' } }, 'message.content'],
		[{ response: 'Hello' }, 'response'],
		[{ output: '', response: { text: 'Hello' } }, 'response.text'],
		[{ choices: [{ message: { content: 'Hello' } }] }, 'choices[0].message.content'],
		[{ content: [HELLO] }, 'content'],
		[{ content: { parts: [{ text: 'Hello' }] } }, 'content.parts'],
		[{ output: [{ type: 'reasoning', summary: [] }], text: 'Hello' }, 'text'],
		[{ response: { generations: [[{ text: 'Hello' }]] } }, 'response.generations[0]'],
		[{ messages: [{ content: 'Hello' }] }, 'messages[0].content'],
		[{ output_text: 'Hello' }, 'output_text'],
		[{ id: 'a b', summary: 'Hello you', note: 'Hello Mia and Tom' }, 'note'],
	])('of %j is %j', (item, field) => {
		expect(fieldWithWords(item)).toBe(field);
	});

	it.each([[{}], [undefined], [{ id: 'x' }], [{ text: ' \u200b' }]])('is none in %j', (item) => {
		expect(fieldWithWords(item)).toBeUndefined();
	});
});
