# The columns of a statement's result: COLUMN(STATEMENT, NAME, place) for each in
# the list after its own SELECT or RETURNING. A column is named by AS, or is a bare
# column; any other has no lasting name, and is an error.
#   awk -v statement=NAME -f embed-sql-columns.awk FILE.sql

{ sql = sql $0 "\n" }

function fail(message) {
	printf "%s: %s\n", FILENAME, message >"/dev/stderr"
	failed = 1
	exit 1
}

# The length of the token at the start of s; 0 for what separates tokens, and
# then blank has the length of that.
function token_length(s) {
	blank = 0
	if (match(s, /^([ \t\r\n]+|--[^\n]*)/)) { blank = RLENGTH; return 0 }
	if (substr(s, 1, 2) == "/*") {
		if (!index(s, "*/")) fail("a comment without an end")
		blank = index(s, "*/") + 1
		return 0
	}
	if (match(s, /^'[^']*'/) || match(s, /^"[^"]*"/)) return RLENGTH
	if (match(s, /^\$[0-9]+/)) return RLENGTH
	if (match(s, /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*/)) return RLENGTH
	return 1
}

# Into token[1..n], each with its depth in brackets and CASEs.
function tokenize(s,    length_of, depth) {
	n = depth = 0
	while (s != "") {
		if ((length_of = token_length(s)) > 0) {
			token[++n] = substr(s, 1, length_of)
			word[n] = toupper(token[n])
			if (word[n] ~ /^([])]|END)$/) depth--
			deep[n] = depth
			if (word[n] ~ /^([[(]|CASE)$/) depth++
		}
		s = substr(s, length_of + blank + 1)
	}
}

# Whether the list of a SELECT ends before the token.
function ends_list(i) {
	if (word[i] == "FROM") return word[i - 1] != "DISTINCT"
	if (word[i] == "GROUP") return word[i - 1] != "WITHIN"
	return word[i] ~ /^(INTO|WHERE|HAVING|WINDOW|UNION|INTERSECT|EXCEPT|ORDER|LIMIT|OFFSET|FETCH|FOR|;)$/
}

# The first token of the list, 0 if the statement has no result.
function list_start(    i, verb) {
	for (i = 1; i <= n; i++) {
		if (deep[i] > 0) continue
		if (verb == "" && word[i] ~ /^(SELECT|INSERT|UPDATE|DELETE)$/) verb = word[i]
		if (verb != "" && word[i] == (verb == "SELECT" ? "SELECT" : "RETURNING")) break
	}
	if (i > n) return 0
	i++
	if (word[i] == "ALL") i++
	if (word[i] == "DISTINCT") {
		i++
		if (word[i] == "ON") {
			for (i += 2; deep[i] > 0; i++);
			i++
		}
	}
	return i
}

function column(first, last,    name) {
	if (last < first) fail("a column is empty")
	name = token[last]
	if (first == last) sub(/^.*\./, "", name)
	else if (word[last - 1] != "AS") name = ""
	if (name !~ /^[a-z_][a-z0-9_]*$/ || (first == last && word[first] ~ /^(NULL|TRUE|FALSE|CURRENT_[A-Z]+)$/))
		fail("column " place + 1 " has no name: add AS and a name")
	if (name in taken) fail("two columns are called " name)
	taken[name] = 1
	printf "COLUMN(%s, %s, %d)\n", statement, toupper(name), place++
}

END {
	if (failed) exit 1
	tokenize(sql)
	place = 0
	first = i = list_start()
	if (first == 0 || ends_list(first) || first > n) exit 0
	for (; i <= n && !(deep[i] == 0 && ends_list(i)); i++)
		if (deep[i] == 0 && token[i] == ",") {
			column(first, i - 1)
			first = i + 1
		}
	column(first, i - 1)
}
