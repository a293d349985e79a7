# frozen_string_literal: true

# The log contract in Logstash: parses a line, checks it, redacts it a second time, says where it goes.
#
# It does what src/amaie_ingest does in Python; tests/vectors/ holds lines that both must judge alike. The parts
# are in amaie/, one purpose each; everything that a person may change comes from generated/contract.json. Inputs
# hand over plain lines as Latin-1 text (every byte one character), because Logstash's UTF-8 codec writes broken
# lines to its own log.
require "json"
require "timeout"
require_relative "amaie/contract"
require_relative "amaie/seeds"

# Seconds that one line may take: one that takes longer goes to the rejected stream by its masked beginning.
BUDGET = 10
SHORT = 16_384
# Characters of such a line that are looked at once more.
BEGINNING = 512

def register(params)
  @raw = JSON.parse(File.read(params["contract"], encoding: "UTF-8"))
  @words = Amaie::Seeds.words(File.join(File.dirname(params["contract"]), "seed_words.json"))
  contract # a contract that cannot be used stops Logstash here
end

# Logstash's workers share this script; each gets a contract of its own, so that none waits for another.
def contract
  Thread.current[:amaie_contract] ||= Amaie::Contract.new(@raw, @words)
end

def filter(event)
  line = line_of(event)
  return [] if line.valid_encoding? && line.match?(/\A[ \t\r]*\z/)

  source = source_of(event)
  begin
    body, id, reason = judged(line, source)
  rescue Timeout::Error
    broken = Amaie::Broken.new("internal_error", "took longer than #{BUDGET} s")
    body, id, reason = contract.unparsed(line.byteslice(0, BEGINNING), broken, source)
  rescue StandardError, SystemStackError => e
    body, id, reason = contract.unparsed(line, Amaie::Broken.new("internal_error", e.class.name), source)
  end
  [built(body, id, reason)]
end

# Every pattern is linear, so only long lines can take long, and only they pay for a watch.
def judged(line, source)
  return contract.judge(line, source) if line.bytesize <= SHORT

  Timeout.timeout(BUDGET) { contract.judge(line, source) }
end

def line_of(event)
  line = event.get("message")
  line = line.to_s unless line.is_a?(String)
  return line if line.ascii_only? || !event.get("[@metadata][latin1]")

  line.encode("ISO-8859-1").force_encoding("UTF-8")
rescue EncodingError
  line
end

def built(body, id, reason)
  moment = body.delete("@timestamp")
  event = LogStash::Event.new(body)
  event.remove("@version")
  event.timestamp = LogStash::Timestamp.new(moment) if moment
  event.set("[@metadata][stream]", reason ? "rejected" : "logs")
  event.set("[@metadata][id]", id)
  event
end

# A client may send anything as the path of its file.
def source_of(event)
  path = event.get("[log][file][path]") || event.get("[@metadata][input]")
  path.is_a?(String) ? File.basename(path) : "unknown"
end
