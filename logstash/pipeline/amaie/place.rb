# frozen_string_literal: true

require "digest"

module Amaie
  # Where a line comes from: a name for people, its length in bytes there, and an id for a record that brings none.
  class Place
    SEPARATOR = "\0"
    PARTS = 4

    attr_reader :source, :bytes

    def initialize(source, line, bytes = line.bytesize, id = nil)
      @source = source
      @line = line
      @bytes = bytes
      @id = id
    end

    # Return [line, place] of what our shipper packed (src/amaie_ingest/forward.py); the block undoes its Latin-1.
    def self.unpacked(message)
      id, bytes, source, line = message.split(SEPARATOR, PARTS)
      raise ArgumentError, "no packed line" unless line

      line = yield line
      [line, new(yield(source), line, Integer(bytes, 10), id)]
    end

    # What comes by no file has no place: equal lines of one source have one id.
    def id
      @id ||= "line-" + Digest::SHA256.hexdigest("#{source}\0".b + @line.b)[0, 40]
    end
  end
end
