// One connection after the other for tedious.py: a line of JSON in, one out.
'use strict';
const fs = require('fs');
const readline = require('readline');
const { Connection, Request, TYPES } = require(process.argv[2] + '/tedious');

let connection;
let heard = { errors: [], messages: [] };

function told(one) {
  return { number: one.number, message: one.message, class: one.class, state: one.state, lineNumber: one.lineNumber };
}

function configuration(login) {
  return {
    server: login.address,
    authentication: { type: 'default', options: { userName: login.user, password: login.password } },
    options: {
      port: 1433,
      database: login.database,
      appName: login.application,
      workstationId: login.workstation,
      packetSize: login['packet-size'],
      readOnlyIntent: login.intent === 'ReadOnly',
      encrypt: { plain: false, encrypted: true, strict: 'strict' }[login.mode],
      trustServerCertificate: login.mode !== 'strict',
      cryptoCredentialsDetails: { ca: fs.readFileSync(login.certificate) },
      serverName: login.mode === 'strict' ? 'localhost' : undefined,
      connectTimeout: 10000,
      requestTimeout: 20000,
      useColumnNames: false,
    },
  };
}

function connect(login, answer) {
  heard = { errors: [], messages: [] };
  connection = new Connection(configuration(login));
  connection.on('errorMessage', one => heard.errors.push(told(one)));
  connection.on('infoMessage', one => heard.messages.push(told(one)));
  connection.on('error', () => {});
  connection.connect(error => {
    if (error && !heard.errors.length) {
      const of_driver = { number: 0, message: String(error.message), class: 0, state: 0, lineNumber: 0 };
      return answer({ refused: [of_driver] });
    }
    answer({ refused: error ? heard.errors : null });
  });
}

// A type in the contract's words; what is not listed is its own name.
function kind(column) {
  const name = column.type.name;
  const length = column.dataLength;
  const whole = { 1: 'tinyint', 2: 'smallint', 4: 'int', 8: 'bigint' };
  if (name === 'IntN') return whole[length];
  if (name === 'BitN') return 'bit';
  if (name === 'DateTimeN') return length === 4 ? 'smalldatetime' : 'datetime';
  if (name === 'MoneyN') return length === 4 ? 'smallmoney' : 'money';
  if (name === 'Time' || name === 'DateTimeOffset') return `${name.toLowerCase()}(${column.scale})`;
  if (name === 'Variant') return 'sql_variant';
  if (name === 'FloatN') return length === 4 ? 'real' : 'float';
  if (name === 'NumericN' || name === 'DecimalN') return `numeric(${column.precision},${column.scale})`;
  if (name === 'DateTime2') return `datetime2(${column.scale})`;
  if (name === 'UniqueIdentifier') return 'uniqueidentifier';
  if (/Char$|Binary$/.test(name)) {
    const characters = /^N/.test(name) ? length / 2 : length;
    return name.toLowerCase() + (length === 65535 ? '(max)' : `(${characters})`);
  }
  return name.toLowerCase();
}

function plain(value, column) {
  if (typeof value === 'boolean') return Number(value);
  if (Buffer.isBuffer(value)) return '0x' + value.toString('hex').toUpperCase();
  if (value instanceof Date) return value.toISOString().replace('T', ' ').replace('Z', '');
  if (typeof value === 'string' && /^(IntN|BigInt)$/.test(column.type.name)) return Number(value);
  if (typeof value === 'number' && /Money/.test(column.type.name)) return value.toFixed(4);
  if (typeof value === 'number' && /NumericN|DecimalN/.test(column.type.name)) return value.toFixed(column.scale);
  return value;
}

function ask(step, answer) {
  const out = { sets: [], errors: [], messages: [], timedOut: false };
  heard = out;
  const given = step.parameters || [];
  let number = 0;
  const text = step.run.replace(/\?/g, mark => (given.length ? '@p' + ++number : mark));
  const request = new Request(text, error => {
    if (error && error.code === 'ETIMEOUT') out.timedOut = true;
    else if (error && !out.errors.length)
      out.errors.push({ number: error.number || 0, message: String(error.message), class: null, state: null, lineNumber: null });
    answer(out);
  });
  if (step.timeout) request.setTimeout(step.timeout * 1000);
  request.on('columnMetadata', columns => out.sets.push({ columns: columns.map(one => [one.colName, kind(one)]), rows: [] }));
  request.on('row', row => out.sets[out.sets.length - 1].rows.push(row.map(one => plain(one.value, one.metadata))));
  given.forEach((one, at) => request.addParameter('p' + (at + 1), typeof one === 'number' ? TYPES.Int : TYPES.NVarChar, one));
  if (given.length) connection.execSql(request);
  else connection.execSqlBatch(request);
}

readline.createInterface({ input: process.stdin }).on('line', line => {
  const what = JSON.parse(line);
  const answer = said => process.stdout.write(JSON.stringify(said) + '\n');
  if (what.connect) return connect(what.connect, answer);
  if (what.ask) return ask(what.ask, answer);
  connection.on('end', () => answer({}));
  connection.close();
});
