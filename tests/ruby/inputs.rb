# Hands contract.rb the events of stdin as Logstash's inputs make them: one JSON object a line with what the
# event has (`fields`, `metadata`). Prints one object each, null where nothing becomes of it. With `faults` these
# methods of the contract fail on that line.
#
#   jruby tests/ruby/inputs.rb logstash/pipeline/contract.rb logstash/generated/contract.json
require "json"
require_relative "logstash"

script = ScriptContext.new(ARGV[0], { "contract" => ARGV[1] })
klass = script.contract.class

$stdin.each_line do |request|
  request = JSON.parse(request)
  event = LogStash::Event.new(request["fields"])
  request["metadata"].each { |name, value| event.set("[@metadata][#{name}]", value) }
  contract = script.contract
  %i[judge unparsed].each do |name|
    own = klass.instance_method(name)
    contract.define_singleton_method(name) do |*given|
      request["faults"].to_a.include?(name.to_s) ? raise(ZeroDivisionError) : own.bind(self).call(*given)
    end
  end
  made = script.execute(event).first
  next puts("null") if made.nil?

  puts JSON.generate(
    "stream" => made.get("[@metadata][stream]"), "id" => made.get("[@metadata][id]"),
    "document" => made.to_hash.transform_values { |value| value.is_a?(LogStash::Timestamp) ? value.to_s : value }
  )
end
other = Thread.new { script.contract }.value
puts JSON.generate("shared" => other.equal?(script.contract))
