/**
 * Sends every answer of a Google Form to Cheerboard, signed as Standard Webhooks.
 *
 * In the form: More > Apps Script. Put this file there, fill in the lines below, then run
 * `showItems` once to read the ids of the questions, and `install` once to switch it on.
 * Running `install` again does no harm.
 */

// What `cheerboard source add` printed, with the public address of your server.
var HOOK = 'https://wall.example.com/hooks/...';
// The source's secret: `whsec_` and base64, as `cheerboard source add --secret` was given it.
var SECRET = 'whsec_...';
// Ids of the questions, as `showItems` prints them. Only the score is needed; the others may be 0.
var SCORE_ITEM = 0;
var COMMENT_ITEM = 0;
var EMAIL_ITEM = 0;
var NAME_ITEM = 0;
// What else a question tells: our name, and the question's id, such as {store: 123456}.
var ATTRIBUTE_ITEMS = {};

var ATTEMPTS = 3;
var PAUSE_MS = 2000;

/** Prints the id and the title of every question. */
function showItems() {
  FormApp.getActiveForm().getItems().forEach(function (item) {
    console.log(item.getId() + '  ' + item.getType() + '  ' + item.getTitle());
  });
}

/** Calls `onAnswer` from now on, once for every answer. */
function install() {
  var form = FormApp.getActiveForm();
  ScriptApp.getProjectTriggers().forEach(function (trigger) {
    if (trigger.getHandlerFunction() === 'onAnswer') ScriptApp.deleteTrigger(trigger);
  });
  ScriptApp.newTrigger('onAnswer').forForm(form).onFormSubmit().create();
}

/** Google calls this with each answer, and again when somebody edits theirs. */
function onAnswer(event) {
  var answer = canonical_(event.source || FormApp.getActiveForm(), event.response);
  // One id for all attempts: a repeat is recognised by it.
  send_(answer.response_id + '-' + Utilities.getUuid(), JSON.stringify(answer));
}

/** The form's answer as Cheerboard's own body. Items are found by id: titles change. */
function canonical_(form, response) {
  var given = {};
  response.getItemResponses().forEach(function (one) {
    var value = one.getResponse();
    given[String(one.getItem().getId())] = Array.isArray(value) ? value.join(', ') : value;
  });
  var at = function (id) {
    var value = given[String(id)];
    return value === undefined || value === '' ? null : value;
  };
  var when = response.getTimestamp().toISOString();
  var attributes = {};
  Object.keys(ATTRIBUTE_ITEMS).forEach(function (name) {
    attributes[name] = at(ATTRIBUTE_ITEMS[name]);
  });
  return {
    response_id: response.getId(),
    score: at(SCORE_ITEM),
    comment: at(COMMENT_ITEM),
    email: at(EMAIL_ITEM) || response.getRespondentEmail() || null,
    name: at(NAME_ITEM),
    submitted_at: when,
    updated_at: when,
    survey_id: form.getId(),
    attributes: attributes
  };
}

/** Posts with a fresh signature each time, until the server has kept it. */
function send_(id, body) {
  var trouble = '';
  for (var attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (attempt > 1) Utilities.sleep(PAUSE_MS * Math.pow(4, attempt - 2));
    try {
      var answered = UrlFetchApp.fetch(HOOK, {
        method: 'post',
        contentType: 'application/json',
        payload: Utilities.newBlob(body).getBytes(),
        headers: signed_(id, body),
        followRedirects: false,
        muteHttpExceptions: true
      });
      var status = answered.getResponseCode();
      if (status >= 200 && status < 300) return;
      trouble = status + ' ' + answered.getContentText().slice(0, 200);
    } catch (error) {
      trouble = String(error);
    }
  }
  // Google mails the owner of the form about a script that failed.
  throw new Error('Cheerboard did not keep an answer: ' + trouble);
}

/** The headers of Standard Webhooks. */
function signed_(id, body) {
  var stamp = String(Math.floor(Date.now() / 1000));
  var key = Utilities.base64Decode(SECRET.replace(/^whsec_/, ''));
  var bytes = Utilities.newBlob(id + '.' + stamp + '.' + body).getBytes();
  var mac = Utilities.computeHmacSha256Signature(bytes, key);
  return {
    'webhook-id': id,
    'webhook-timestamp': stamp,
    'webhook-signature': 'v1,' + Utilities.base64Encode(mac)
  };
}
