"""Every rule of the project in one table: what it demands, how severe a breach is, and what a finding on it says.

``parley.findings.finding`` makes findings from it. To add a rule or a wording, add a line.
"""

from typing import NamedTuple


class Rule(NamedTuple):
    """What a rule demands, how severe a breach is (None: the rule is not applied there), and its wordings."""

    section: str
    demands: str
    corpus: str | None
    predictions: str | None
    wordings: dict[str, tuple[str, str]]  # message and fix by the name of the wording, "" for the usual one

    def severity(self, scope: str) -> str | None:
        """Return the severity in a scope: "corpus" for the project's own data, "predictions" for a system's output."""
        return self.corpus if scope == "corpus" else self.predictions


# Of each rule: its id, its severity in the corpus and in predictions (E error, W warning, - not applied) and what it
# demands; below it a line for each wording, message -> fix, after the wording's name in brackets if it has one. Where
# there is none, the caller gives ``problem`` and ``fix``. A guideline that a system merely follows badly costs it score
# and is no error.
_TABLE = """
# reading
missing-file              E E  A file that is needed is there and can be read.
    there is no such file -> check the path
    (folder) this is a folder, not a file -> name a file in it
    (not-regular) cannot be read: {why} -> name a regular file
    (unreadable) cannot be read: {why} -> check its permissions
    (dataset) there is no such {what} -> name the dataset folder, the one with articles.jsonl
    (empty) no article is listed here, but there are records of articles -> restore the lines
    (stories) no story is here, but articles.jsonl names some -> restore the files
not-utf8                  E E  Files are UTF-8 and strings hold whole characters.
    byte {at} is not UTF-8 -> save the file as UTF-8
    (surrogate) a string holds half of a surrogate pair -> write the character itself, not \\ud8..
byte-order-mark           E E  Files begin without a byte-order mark.
    {what} begins with a byte-order mark -> save it as UTF-8 without one
bad-json                  E E  JSON is well-formed.
    not JSON at {where}: {why} -> correct the syntax there
duplicate-key             E E  A key occurs once in an object.
    the key {key!r} occurs twice in one object -> keep one of the two
not-a-number              E E  Numbers are finite and of bounded length.
    {value} is no JSON number -> write a finite number or leave the field out
    (long) an integer of {digits} digits -> no field needs more than 18 digits
    (large) {value!r} is too large a number -> write a finite number
too-deep                  E E  JSON is not nested beyond reason.
    nested more than {limit} deep -> a record needs five levels
too-large                 - E  A line, and a file when unpacked, is of a size that annotations of articles can have.
    {what} is longer than {limit:,} bytes -> write one article a line, each item once
    (file) the file is longer than {limit:,} bytes -> leave out what does not belong into it
    (values) the line has more than {limit:,} values -> write one article a line, each item once
    (unpacked) the gzip file unpacks to more than {limit:,} bytes -> write one article a line, each item once
    (members) with plural entities written out as their members, the line has more than {limit:,} values
        -> give each plural entity the members that the text names
    (items) {items:,} items on a text of {length:,} code points; {limit:,} can be read -> write each item once
not-one-line              - E  Each line is one article.
    the file is a list, or an object over several lines -> write one article a line (JSON Lines), without line breaks
bad-gzip                  - E  A gzip file is whole.
    the gzip file cannot be unpacked: {why} -> pack it again
file-changed              - E  A file stays as it is while it is read.
    the file changed while it was read -> wait until it is complete, then try again
control-character         E E  No string has a character that a terminal would interpret.
    the control character {character!r} in {text!r} -> remove it
    (article) the control character {character!r} at code point {at} -> remove it before the article is annotated
    (line) the character {character!r} in {text!r} -> write plain text on one line
too-many-findings         - E  Findings are listed up to a limit; the rest are counted.
    {counted}, not listed{rest} -> fix those above, then check again

# shape
missing-field             E E  A required field is there.
    the field {field!r} is missing -> add {field!r}
    (together) {given!r} is there without {field!r} -> add {field!r}, or leave both out
    (attempted) {layer!r} is attempted, but the field {field!r} is missing -> add {field!r}, or attempt another layer
unknown-field             E E  There is no field that the schema does not have.
    there is no field {field!r} -> remove it
wrong-type                E E  A value is of the JSON type the schema names; an offset is an integer, not 3.0 or '3'.
    {value!r} is {found}, not {wanted} -> write {wanted}
    (null) null is no value of {field!r} -> leave the field out
    (decision) not a decision: {why} -> write article, fact, decision and rule
    (log) not a decision: {why} -> restore the line from the history
    (reason) not a reason: {why} -> write rule, and fact or sentence or both; article and note may be added
unknown-label             E E  A label is one of the ontology's.
    {value!r} is no {kind} -> {fix}
    (null) null is no {kind} -> {fix}
    (value) {value!r} is not a value of {field} -> use one of {options}
bad-value                 E E  A value keeps the schema's pattern and limits.
    {value!r} does not have the form asked for here -> it must match {pattern}
    (id) {value!r} is not a valid id -> begin with a letter; up to 63 letters, digits, '.', '_' and '-' may follow
    (date) {value!r} is not a date -> write it as YYYY-MM-DD, e.g. 2031-03-07
    (version) {value!r} is not a version -> write three numbers, e.g. 0.2.0
    (checksum) {value!r} is not a SHA-256 checksum -> write its 64 digits, 0-9 and a-f
    (low) {value} is less than {limit} -> write {wanted} of {limit} or more
    (high) {value} is more than {limit} -> write {wanted} of {limit} or less
    (long) the text has {length:,} characters; at most {limit:,} are allowed -> shorten it
    (empty) the text is empty -> write at least one character
    (few) the list has {length} items; at least {limit} are needed -> add what is missing
    (many) the list has {length} items; at most {limit} are allowed -> remove the others
    (limit) {why} -> see '{keyword}' in the schema
field-not-here            E E  A field is given only on the kind of item it belongs to.
    the field {field!r} does not belong to this kind of item -> remove it

# dataset
article-changed           E -  An article is byte for byte what its checksum says.
    the text is not what its checksum in articles.jsonl says -> restore the original; articles are never edited
    (crlf) the text is not what its checksum in articles.jsonl says
        -> its line ends were changed to CR LF: restore LF
bad-zones                 E -  Zones cover an article without gap or overlap.
    the zone begins at {start} where {expected} is next -> zones follow each other without gap or overlap
    (end) the zones end at {end}, the text at {length} -> let the zones cover the whole text
bad-date                  E -  A date is a day of the calendar.
    {day!r} is no day of the calendar -> write year-month-day
duplicate-article         E E  An article is listed once.
    {id!r} is already listed -> give each article an id of its own, or keep one of the two
    (line) {id!r} is already in line {first} -> write one line an article
unsafe-article-id         E -  An article's id can name a file on any machine, and names no other article's there.
    {id!r} cannot name a file on Windows -> choose an id that is no device (con, nul) and does not end with '.'
    (case) {id!r} and {other!r} name one file where case does not count -> choose an id that differs in more than case
unknown-article           E E  An annotation belongs to a listed article.
    articles.jsonl has no article {id!r} -> add its line there, or correct the id
    (split) the split {split!r} has no article {id!r} -> remove the line
missing-article           W E  Every article has its annotation.
    the article has no gold annotation -> annotate it, or restore its file
    (line) there is no line for the article {id!r}
        -> every article of the split has a line, also one where nothing was found
    (unread) no line that can be used is for the article {id!r}
        -> correct the lines that cannot be read; if none of them is for it, add its line
    (pass) the annotator has no annotation of it -> add the pass, or remove the annotator
    (passes) no article has two passes
        -> adjudication needs two or more under raw/, or one and the record of a reader who checked it (--like)
    (adjudicator) {name!r} has no record of an article that has a pass -> name one of {names}
partial-layer             - E  A layer is attempted in every article or in none; an empty list says that none was found.
    {layer!r} is left out here and given for {other!r}
        -> write an empty list where nothing was found, or leave the layer out of every article
    (attempted) {layer!r} is not attempted here, but for {other!r} -> name the same layers in every article
    (none) no layer is attempted in any line -> give the layers that the system predicts; an empty list where it found none
    (twice) {layer!r} is named twice -> name each layer once
empty-split               - E  The split that is scored has articles.
    the dataset has no article in the split {split!r} -> name a dataset that has articles
wrong-file-name           E -  A record is in the file that its id names.
    the record is of {id!r} -> correct the id, or rename the file to {id}.json if that is free
    (lines) the annotation is of {id!r} -> rename the file to {id}.lines
unlisted-pass             E -  Every folder under raw/ is described in raw/passes.json, and only those.
    there is no folder raw/{annotator} -> restore the folder, or remove the entry
    (undescribed) the folder raw/{annotator} is not described -> say in it how the pass was made
    (pulled) the folder raw/{annotator} is not described, so it was left out -> run `parley annotate pull` again
other-text                E -  A record was made for the current text of the article.
    made for another version of the text -> annotate the current text
other-ontology            E -  A record was made under this major version of the ontology, and under none that is newer.
    made under ontology {version!r}, not {current} -> bring the annotation up to the ontology's major version
other-canary              E -  Every file carries the dataset's canary.
    the canary is not the dataset's -> copy it from dataset.json
registry-order            E -  The registry is sorted by id, each id once.
    {id!r} does not come after {before!r} -> sort by id, each id once
registry-kind             E -  A registry entry has a type of its kind; only entities have a side or a Wikidata id.
    the type {type} is not of kind {kind} -> correct kind or type
    (event) an event cluster has no side and no Wikidata id of an entity -> remove it

# stories
story-article             E -  A story and its articles name each other and agree on outlet and date; they share the split.
    articles.jsonl has no article {id!r} of the story {story!r} -> add its line there, or correct the id
    (outlet) the outlet is not the one that the story gives the article -> write {expected}, or correct the story
    (date) the date is not {expected}, which the story gives the article -> write that, or correct the story
    (unnamed) no outlet of the story {story!r} has the article {id!r} -> add the outlet to the story
    (split) {id!r} is in the split {split!r}, {other!r} of the same story in {other_split!r}
        -> put all articles of a story into one split
shared-name               E -  A proper name is in one story only.
    {name!r} is also a name in the story {other!r} -> rename one of the two
real-name                 E -  No invented state, person or body has the name of a real state or of its people.
    {word!r} in {name!r} is the name of a real state or people -> invent another name
    (registry) {name!r} is the name of the registry entry {id!r}, which is real: it has a Wikidata id
        -> invent another name
shared-run                E -  No eight words in a row are in the articles of two stories.
    {run!r} is also in {other!r} of another story -> write one of the two anew, before it is annotated
story-unlinked            W -  What a story knows of in its gold is linked to it through the registry.
    {name!r} is a name in the story {story!r}, but its registry entry does not say so
        -> give it an entry with story: '{story}/{id}', or '{story}' if it is something else of that name
    (event) the registry entry {id!r} is of the story {story!r}, but does not say which event
        -> give it a story: '{story}/<id of the event>', or '{story}' where its facts do not list it
story-other               E -  The gold of a story is linked to registry entries of that story, or of none.
    the registry entry {id!r} is of the story {other!r}, not of {story!r} -> link an entry of {story!r}

# twins
faulty-twin               - -  A twin differs from its article in names, in all of them, and in nothing else.
    {id!r}: {problem} -> {fix}

# contrast pairs
faulty-pair               - -  The sides of a contrast pair differ in few words, and in what the pair is about.
    there is already a pair {id!r} -> give each pair an id of its own
    (words) {number} words of side {side} are not in the other; {most} may be -> write two passages that differ in less
    (same) nothing that {phenomenon!r} compares differs between the annotations of {id!r}
        -> annotate what the difference of words means, or leave the pair out

# variety
same-opening              - -  No two articles begin with the same three words.
    it begins with {opening!r}, as {other!r} does -> begin it otherwise, before it is annotated
little-variety            - -  Authored articles have as many different words and pairs of words as real ones.
    {name} are {value} of the first {number} words, less than {least}
        -> write it anew, with fewer words repeated
twin-sentence             - -  No sentence has most of its words in common with one of another story.
    sentence {number}, {text!r}, has {share} of its words in common with {like!r} in {other!r}
        -> write one of the two anew, before it is annotated

# ids
duplicate-id              E E  An id belongs to one item of an article.
    {id!r} is already the id of {first} -> give each item an id of its own
dangling-id               E E  An id that is referred to exists.
    there is no {kind} {id!r} -> add it, or name one that is there
    (decision) a decision on {fact} is about nothing in the gold
        -> decide on the item too, or withdraw the decision by one of null
    (fact) a fact of {article} refers to {item}, which is not in the gold -> decide on it too
wrong-kind                E E  A reference is to an item of the kind that the field takes.
    {id!r} is of kind {found} -> name one of kind {kind}
    (itself) an event fills a role of itself -> name another event
    (mention) {id!r} is an entity's mention -> name the entity: 'entity': {entity!r}
unused-entity             E W  An entity is mentioned or is a member of a plural one.
    {id!r} is never mentioned -> add its mentions, or remove it

# spans
span-out-of-range         E E  A span lies inside the text, and its end is after its start.
    {start}–{end} is not inside the text of {length} code points -> offsets are code points from 0, half-open
    (reversed) the end {end} is not after the start {start} -> offsets are code points from 0, half-open
text-mismatch             E E  The text given with a span is the text at its offsets.
    at {start}–{end} the text is {covered!r}, not {given!r}{alike} -> that text is not in the article
    (elsewhere) at {start}–{end} the text is {covered!r}, not {given!r}{alike} -> that text is at {near}–{near_end}
outside-zones             E -  A span lies in a scored zone.
    {covered!r} is in the zone {zone!r}, which is not annotated -> remove it
zone-edge                 E E  No span crosses the edge of a scored zone.
    {covered!r} crosses from {zone!r} into {next!r} -> end it at the zone's edge
sentence-edge             E -  Mentions and triggers lie inside one sentence.
    {covered!r} is not inside one sentence -> end it at the sentence's end
inside-word               E W  A span begins and ends at the edge of a token.
    {covered!r} begins or ends inside a word -> the words there are {words!r} at {start}–{end}
crossing-spans            E E  Mentions nest or are disjoint; they never cross. Neither do triggers.
    {start}–{end} crosses {other} at {other_start}–{other_end} -> nest one in the other, or separate them
inside-name               E -  Nothing is annotated inside a name.
    it lies inside the name {name!r} -> remove it: nothing is annotated inside a name

# entities
duplicate-mention         E E  A stretch of text is a mention once: of one entity, or one value.
    {start}–{end} is already {first} -> keep one of the two
gpe-role                  E W  Mentions of GPE entities carry a role in context, and no others do.
    a GPE mention without its role in context -> add role: {roles}
    (other) a role in context on a mention of type {type} -> remove it: only GPE mentions have one
bad-time-value            E W  A TIME has an ISO 8601 or TIMEX3 value.
    {value!r} is no ISO 8601 or TIMEX3 value -> write for example 2025-12-24, 2025-12, 2025-W52, 2025 or P5D
vague-number              E W  A QTY has a number, or is vague and has none.
    a quantity has a number, or the qualifier 'vague' and none -> add the number, or the qualifier 'vague'
bad-members               E E  A plural entity has two members or more and is not among them.
    a plural entity has two different members or more -> name each once, or leave members out
    (circular) the members of {id!r} lead in a circle -> remove the member that leads back
registry-unknown          E E  A registry id is in registry.json (or, in predictions, begins with NIL).
    there is no entry {id!r} in the registry -> add it to registry.json, or leave it out
    (predicted) there is no entry {id!r} in the registry
        -> name an entry of registry.json, or begin an id of your own with NIL
registry-type             E W  What refers to a registry entry has its kind and type.
    {id!r} is of kind {kind} and type {type}, this is of kind {own_kind} and type {own_type} -> correct one of the two
registry-twice            E E  In one article a registry entry belongs to one entity or one event cluster.
    {id!r} is already {first} -> make the two one entity
    (event) {id!r} is already {first} -> join the two by same_as

# events
duplicate-event           E E  A stretch of text triggers one event.
    {start}–{end} already triggers {first} -> keep one of the two
duplicate-proposition     E E  A stretch of text states one proposition.
    {start}–{end} already states {first} -> keep one of the two
role-not-allowed          E W  An event type has the roles the ontology lists for it.
    {type} has no role {role} -> one of {roles}
filler-not-allowed        E W  A role is filled by what the ontology allows.
    {role} is not filled by {found} -> it takes {fillers}
    (proposition) a proposition fills no role of a {type} -> name an event, or leave it out; it may fill a role of {takers}
duplicate-argument        E E  A filler fills a role of an event once.
    the same filler is there already as {role} -> keep one of the two
argument-mention          E -  An argument is shown by the nearest mention of its entity.
    {id!r} is not the nearest mention of {entity!r} -> it is {nearest!r}
foreign-mention           E E  The mention that shows an argument is one of its entity.
    {id!r} is a mention of {other!r}, not of {entity!r} -> name a mention of that entity, or leave it out
harm                      E W  A Casualty says which harm was done, and no other event does.
    a {type} has no harm -> remove it
    (missing) a Casualty without harm -> give one of {harms}
via-not-speech            E E  'via' names a speech event.
    {id!r} is a {type}, not a speech event -> one of {speech}
    (stance) {id!r} is a {type}, not a speech event -> name the speech event, or null
via-circular              E E  The sources of an event do not lead back to it.
    the sources of {id!r} lead back to it -> end the chain with null
same-as-chain             E E  'same_as' names the first mention of the event cluster.
    {id!r} is not the first mention of the event cluster -> name {head!r}
    (first) {id!r} is not the first mention of the event cluster -> leave it out on the first mention
    (later) {id!r} is later in the text -> let the later mention name the earlier
registry-not-first        E E  The registry id of an event cluster is on its first mention.
    a later mention of an event cluster has a registry id -> put it on {head!r}

# stances
duplicate-stance          E E  There is one stance for a holder, target and facet.
    holder, target and facet are those of {first} -> make them one, with all evidence
holder-type               E W  A holder is a person, group, state, organisation or armed force, or AUTHOR.
    {id!r} is a {type}, which holds no stance -> name who speaks, or AUTHOR
stance-self               E W  Holder and target differ.
    {id!r} takes a stance toward itself -> name another target, or remove it
target-not-first          E W  A target event is the first mention of the event cluster.
    {id!r} is a later mention of the event cluster -> name {head!r}
unknown-pair              - E  An answered pair is a row of the stance config, answered once.
    {id!r} is no pair of this article -> take the ids from the rows of the stance config
    (twice) {id!r} is answered twice -> keep one answer

# quotes
sentence-not-there        - -  A sentence that is named is in the article.
    there is no sentence {number} -> the article has {sentences}
quote-not-found           - -  A quotation is in its sentence, character by character.
    {quote!r} is not in sentence {number} -> nothing in the sentence is close to it
    (elsewhere) {quote!r} is not in sentence {number} -> it is in sentence {sentences}
    (close) {quote!r} is not in sentence {number} -> did you mean {close!r}?{alike}
occurrence-not-there      - -  A quotation occurs in its sentence as often as is said.
    {quote!r} is in sentence {number} only {times} -> write an occurrence from 1 to {places}

quote-folded              - -  A quotation has the quotation marks, dashes, blanks and letters of the text.
    {quote!r} stands in sentence {number} as {found!r}, which was taken -> quote character by character
quote-moved               - -  A quotation is in the sentence that is named.
    {quote!r} is not in sentence {number}; the place beside it was taken -> name the sentence it is in
quote-loose               - -  A quotation has the words of the text.
    {quote!r} is not in sentence {number}; {found!r} was taken -> quote character by character
left-out                  - -  What an item needs was found.
    the {what} is left out too: it needs {needs}, which is not there or was left out -> add what it needs
unread-answer             - -  An answer holds an annotation.
    the answer holds no whole JSON object with one of the lists {lists}, so nothing was read
        -> ask for JSON alone; allow longer answers; --repair reads what is whole
    (lines) the answer holds no line of the notation, so nothing was read -> ask for the lines alone
    (long) the answer has more than {limit:,} characters, so nothing was read -> ask for a shorter one
    (errors) there are errors left after {rounds} rounds, so nothing was kept -> correct those that are listed
skipped-lines             - -  All lines of an answer are of the notation.
    {lines} of other text skipped, such as {example!r} -> ask for the lines alone
repaired-answer           - -  An answer is whole.
    the answer was cut off or had needless commas; what is whole in it was read -> allow longer answers
ambiguous-quote           - -  A quotation that stands in its sentence more than once says which place is meant.
    {quote!r} is in sentence {number} more than once, and the first was taken -> write the occurrence ({choices})
line-notation             - -  A line of the notation is of its form.
    {why} -> write {form}

# submissions
not-plain                 - E  Only plain files and folders belong to a submission.
    this is a link; only plain files and folders of a submission are read -> put the {what} itself there
not-filled-in             - E  What submission.json requires is filled in.
    {field} is not filled in -> {fix}
bad-system-name           - E  The name of a system can be shown anywhere, and can name a folder anywhere.
    {name!r} cannot be the name of a system
        -> up to 80 letters, digits, spaces, '.', '_', '+', '-'; first a letter or digit, last no space or '.'
    (device) {name!r} cannot be the name of a system -> Windows reserves it for a device; choose another
    (folder) the system is {name!r}, its folder {folder!r} -> rename the folder to {name!r}
bad-address               - E  The address of a page is an https address.
    {url!r} is not the address of a page -> begin it with https://, or write null
    (character) {url!r} has a character that no address may hold: {character!r} -> encode it, or write null
packed-predictions        - E  A submission holds its predictions as plain text.
    the file is gzip; a submission holds plain text -> unpack it first (gunzip)
wrong-hash                - E  The predictions of a submission are those its submission.json was written for.
    {name} has another checksum: {found}
        -> restore the predictions it was written for, or make it again with `parley submit init`
other-data-version        - E  A submission predicts the dataset as it is.
    (older) made for data {own!r}, older than this dataset, {current!r}
        -> predict data {current}, then make the submission again
    (newer) made for data {own!r}, newer than this dataset, {current!r} -> name that dataset with --data
    (left-out) made for data {own!r}, so it cannot be scored and is left out -> name that dataset with another --data
duplicate-submission      - E  A system is on the leaderboard once, and so are its predictions.
    {where} is the same system, version {version!r}
        -> --replace puts this one in its place; to keep both, give this one another name
    (name) {where} has the same name but for capitals, spaces and hyphens -> keep one of the two, or choose another name
    (content) {where} has the same predictions -> keep one of the two
interrupted-replacement   - E  No submission is set aside by a command that was stopped.
    a command was stopped while it replaced {system!r}, and the submission is here
        -> run `parley leaderboard` without --check: it puts the submission back

# adjudication
undecided                 - -  What the passes disagree on is decided.
    no decision on {fact} -> decide it: parley adjudicate
    (reason) no reason covers {fact}, in sentence {sentence} -> add a line to the reasons, or give --rule for the rest
not-adjudicated           - -  The gold is what the passes and the decisions give.
    the gold is not what the passes and the log give -> record the decision, then parley adjudicate --apply
    (record) {fact} of the record cannot be in the gold -> decide it by hand: parley adjudicate --decisions
    (entity) {fact} of the record cannot be in the gold
        -> nothing refers to the entity: mark a mention of it, or remove it

# release
not-as-built              - -  Generated files are as the build writes them.
    {what} is not what the build gives -> run `parley build`
already-there             - -  A new folder does not exist yet.
    it exists, and nothing is overwritten -> name a new folder
cannot-strip              - -  A text-free release holds nothing whose text cannot be taken out.
not-usable                - -  A release can be used as its README says.

# Label Studio
missing-project           - -  The project is on the server.
    there is no project {title!r} at {url} -> push it first, or name one with --project
foreign-project           - -  A project that is pushed to was made by Parley.
    the project {title!r} was not made by `parley annotate push`; it was not changed
        -> rename it in Label Studio, or name another with --project
not-shown                 - -  Label Studio can show everything in a record.
    of {name!r}, not everything can be shown: {what} -> a pull will lack it
unknown-annotator         - -  A person whose work is pulled is a user of the server.
    no user has the login name {login!r} -> name one of {logins}
annotator-taken           - -  Two people do not share a name in the corpus.
    {one} and {other} would both be {name}; neither was pulled -> pull them one by one: --annotator LOGIN --as NAME
    (elsewhere) {who}: there is a record here that did not come from this person in this project; it was not changed
        -> give this pass a name of its own: --annotator LOGIN --as NAME
    (damaged) {who}: {path} is damaged, so the record beside it was not changed -> restore it, or remove both
    (changed) {who}: the record here was changed after it was pulled; it was not changed
        -> make the change in Label Studio and remove the file, or pull with --as another name
annotated-twice           - -  A person annotated an article once.
    {who}: submitted {times} times; annotation {newest}, the newest, was used
        -> delete in Label Studio what should not count
changed-by-another        - -  An annotation is the work of one person.
    {who}: annotation {id} was last changed by {other} -> ask both whose work it is before you use it

# results of Label Studio
result-form               - -  Results are of the form that Label Studio gives them.
    {what} -> export the annotation again
result-control            - -  A result comes from a control of the interface.
    region {region!r} has a value of {control!r}, which is no control here -> put it in a note, and remove the value
region-span               - -  A region lies in the text.
    region {region!r} goes from {start!r} to {end!r}; the text has {length} characters
        -> delete the region, and mark the span again
region-text               - -  A region has the text of its span.
    region {region!r} at {where} has the text {shown!r}; the span was used -> check that it is the right span
region-label              - -  A region has one label, and it is one of the interface.
    region {region!r} at {where} has the label {label!r}, which is no label of {kind} -> {options}
    (none) region {region!r} at {where} has no label of {kind} -> give it a label, or delete it
    (several) region {region!r} at {where} has the labels {labels}; {taken} was used
        -> keep the right one, or make a region for each
region-field              - -  A region has the fields of its label, each once, with a value that it can have.
    {value!r} is no {field}, on {region} -> {options}
    (region) {value!r} ({field}) belongs to region {region!r}, which does not exist
        -> mark the span again, or remove the value
    (label) {region} has no field {field!r}; its value {value!r} was left out -> check that the label is right
    (twice) {region} has the field {field!r} twice; {value!r} was left out -> choose again
    (several) {region} has several values as {field}: {value!r}; the first was used -> keep one
    (entity) {region} has the registry id {value!r}, but {first} of the same entity {taken!r}; the latter was used
        -> keep the right one
zone-changed              - -  The regions over zones that are not annotated are unchanged.
    {region} is no zone of this article; it was left out -> give it the label that was meant, or delete it
relation-end              - -  A relation joins two regions that exist, of kinds that its label can join.
    a relation {what} leads to region {gone}, which does not exist -> draw it again, or delete it
    (kind) {label!r} cannot lead from {one} to {other} -> it leads {allowed}
relation-label            - -  A relation has labels, and they are those of the interface.
    {label!r} from {one} to {other} is no relation -> {options}
    (none) a relation from {one} to {other} has no label -> give it one
relation-twice            - -  A relation that can lead to one region only is drawn once.
    {label!r} leads from {one} to {taken} and to {other}; the first was used -> delete the wrong one
unfinished                - -  A region has what its label needs.
    {region} has no {lacking}; it was left out -> {fix}
    (relation) {label!r} of {region} leads to an event that was left out -> finish that event
    (loose) no stance has a relation to {region}; it was left out -> draw the relation, or delete the region
    (proposition) {region} fills no role and is no target of a stance -> draw the relation, or delete the region
cluster-type              - -  The mentions of an entity have one type.
    {region} is joined to {first} -> give both one label, or remove the relation
cluster-kept              - -  The first mention of an entity exists.
    the first mention of {entity!r} ({id}), region {first!r}, is gone; its other {number} mentions were kept as one entity
        -> join them to the first that is left, if they belong together
entity-table              - -  The table of entities comes back as it was pushed.
    the hidden table of entities cannot be read ({why})
        -> ids of entities are new, and those without mentions are gone: compare with what was pushed
"""


def _read_table(table: str) -> dict[str, Rule]:
    severities = {"E": "error", "W": "warning", "-": None}
    rules: dict[str, Rule] = {}
    section = ""
    for line in table.replace("\n        ->", " ->").splitlines():
        if line.startswith("# "):
            section = line[2:]
        elif line.startswith("    "):
            message, fix = line.strip().split(" -> ")
            wording = message[1:].partition(")")[0] if message.startswith("(") else ""
            next(reversed(rules.values())).wordings[wording] = message.removeprefix(f"({wording}) "), fix
        elif line:
            name, corpus, predictions, demands = line.split(maxsplit=3)
            rules[name] = Rule(section, demands, severities[corpus], severities[predictions], {})
    return rules


RULES = _read_table(_TABLE)
