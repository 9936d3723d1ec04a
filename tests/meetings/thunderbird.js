// What happens when the owner of a calendar clicks on whatever Thunderbird offers below each invitation.
const [messages, orders, attendee] = arguments;
const done = arguments[arguments.length - 1];

async function receiveAll() {
  const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const accounts = MailServices.accounts;
  const identity = accounts.createIdentity();
  identity.email = attendee;
  const account = accounts.createAccount();
  account.incomingServer = accounts.createIncomingServer("nobody", "nowhere", "none");
  account.addIdentity(identity);
  const calendar = cal.manager.createCalendar("memory", Services.io.newURI("moz-memory-calendar://"));
  calendar.name = "received";
  cal.manager.registerCalendar(calendar);
  calendar.setProperty("imip.identity.key", identity.key);

  const receive = text =>
    new Promise(settled => {
      const item = Cc["@mozilla.org/calendar/itip-item;1"].createInstance(Ci.calIItipItem);
      item.init(text);
      item.targetCalendar = calendar;
      item.identity = attendee;
      item.isSend = false;
      item.autoResponse = Ci.calIItipItem.NONE;
      cal.itip.processItipItem(item, (_item, _status, action) => {
        cal.itip.cleanupItipItem(item);
        if (!action) {
          settled();
          return;
        }
        const isFirst = ["REQUEST", "REQUEST:NEEDS-ACTION"].includes(action.method);
        const answer = isFirst ? item.getItemList()[0].getAttendees()[0].participationStatus : null;
        action({ onOperationComplete: () => settled() }, answer, { responseMode: Ci.calIItipItem.NONE });
      });
    });

  const all = () => calendar.getItemsAsArray(Ci.calICalendar.ITEM_FILTER_ALL_ITEMS, 0, null, null);
  const found = [];
  for (const order of orders) {
    for (const at of order) {
      await receive(messages[at]);
    }
    const items = await all();
    found.push(items.map(item => [item.startDate.icalString, Number(cal.itip.getSequence(item))]));
    for (const item of items) {
      await calendar.deleteItem(item);
    }
  }
  return found;
}

receiveAll().then(done, error => done(`${error} ${error.stack}`));
