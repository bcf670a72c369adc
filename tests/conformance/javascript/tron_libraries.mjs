// What tronweb makes of samples: one line of JSON on stdin for each, and one on stdout with the answer.
import { createInterface } from "node:readline";
import { utils } from "tronweb";

const { txJsonToPb, txPbToRawDataHex, txPbToTxID } = utils.transaction;

for await (const line of createInterface({ input: process.stdin })) {
  const { kind, fields, unsigned } = JSON.parse(line);
  let answer;
  try {
    const written = txJsonToPb({ visible: false, raw_data: fields });
    answer = {
      unsigned: txPbToRawDataHex(written),
      id: txPbToTxID(written),
      read: utils.deserializeTx.deserializeTransaction(kind, unsigned),
    };
  } catch (fault) {
    answer = { error: `${fault.stack}` };
  }
  console.log(JSON.stringify(answer));
}
