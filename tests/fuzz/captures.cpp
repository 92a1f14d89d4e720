// SPDX-License-Identifier: Apache-2.0
// Any bytes as a capture file: the same packets whatever the window, and biflows that add up.
#include <cstdlib>

#include "biflows/assembler.hpp"
#include "bytes.hpp"
#include "morgana/error.hpp"
#include "packets/capture_reader.hpp"
#include "packets/dissect.hpp"

namespace {

using namespace morgana;

struct Account {
  std::uint64_t packets = 0, segments = 0, payload = 0, hash = 0;
  std::string damage;
  bool operator==(const Account&) const = default;
};

Account account(std::string_view file, std::size_t window) {
  Account account;
  fuzz::Bytes source(file);
  try {
    packets::CaptureReader reader(source, "file", window);
    packets::CapturedPacket packet;
    packets::Segment segment;
    packets::Dissector dissector;
    biflows::Assembler assembler({.packets_kept = 3, .payload_kept = 8, .idle_seconds = 60, .ends_at_close = true});
    while (reader.next(packet)) {
      ++account.packets;
      for (const auto byte : packet.bytes) account.hash = account.hash * 31 + byte;
      if (dissector.dissect(packet, segment) != packets::Verdict::kSegment) continue;
      if (segment.payload.size() > packet.bytes.size()) std::abort();
      ++account.segments;
      account.payload += segment.payload_bytes;
      assembler.add(packet.nanoseconds, segment);
    }
    std::uint64_t packets = 0, payload = 0;
    const auto biflows = std::move(assembler).finish();
    for (const auto& biflow : biflows) {
      packets += biflow.both().packets;
      payload += biflow.both().payload_bytes;
      if (biflow.packets.size() > 3 || biflow.payload_ends.size() != biflow.packets.size()) std::abort();
    }
    if (packets != account.segments || payload != account.payload) std::abort();
    account.damage = reader.damage() + reader.first_bad_block();
  } catch (const Error& error) {
    account.damage = error.what();
  }
  return account;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = fuzz::text_of(data, size);
  const auto whole = account(file, size + 64);
  for (const std::size_t window : {64, 300})
    if (account(file, window) != whole) std::abort();
  return 0;
}
