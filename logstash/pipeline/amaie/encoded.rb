# frozen_string_literal: true

require "stringio"
require "zlib"

module Amaie
  # Words that hold a text in base64 or hexadecimal, perhaps compressed; as amaie_telemetry.redact.encoded.
  class Encoded
    HEX = /\A(?:[0-9a-fA-F]{2})+\z/.freeze
    PRINTABLE = [*0x20..0x7e, 9, 10, 13].to_h { |byte| [byte, true] }.freeze

    def initialize(rules)
      @run = Regexp.new(rules["patterns"]["encoded_run"])
      @shortest, @longest = rules["bounds"]["encoded_bytes"]
      @head = rules["bounds"]["encoded_head_bytes"]
    end

    # Return the place and the decoded text of every word that is a text in disguise.
    def texts(text)
      found = []
      text.scan(@run) do
        span = $~.offset(0)
        inner = inner($~[0].gsub("\\n", "").delete("\r\n")[0, @longest])
        found << [span, inner] if inner
      end
      found
    end

    private

    def inner(word)
      found = printable([word].pack("H*")) if word.match?(HEX)
      return found if found

      plain = word.sub(/(?<!=)=+\z/, "").tr("-_", "+/")
      plain = plain[0...-1] if plain.length % 4 == 1
      return nil if plain.match?(/[^A-Za-z0-9+\/]/)

      printable(inflated((plain + "=" * (-plain.length % 4)).unpack1("m")))
    end

    def inflated(data)
      return data unless data.start_with?("\x1f\x8b".b, "\x78".b)

      stream = Zlib::Inflate.new(47)
      stream.inflate(data)[0, @longest]
    rescue Zlib::Error
      data
    end

    def printable(data)
      return nil if data.bytesize < @shortest || !data.byteslice(0, @head).each_byte.all? { |byte| PRINTABLE.key?(byte) }

      data.dup.force_encoding("UTF-8").scrub("\uFFFD")
    end
  end
end
