// SPDX-License-Identifier: Apache-2.0
#include "packet_files.hpp"

#include <cctype>
#include <optional>
#include <utility>

#include "files/visit_files.hpp"
#include "packets/capture_reader.hpp"

namespace morgana::pcap {
namespace {

/// Progress is reported, and a stop asked for, each time this many more packets were read.
constexpr std::int64_t kPacketsAtOnce = 1 << 16;

/// "a/x_0001.pcap" as "a/x.pcap"; other names as they are.
std::string first_of_rotation(const std::string& name) {
  const auto slash = name.rfind('/');
  const auto dot = name.find(".pcap", slash == name.npos ? 0 : slash);
  if (dot == name.npos || dot < 5 || name[dot - 5] != '_') return name;
  for (auto i = dot - 4; i < dot; ++i)
    if (std::isdigit(static_cast<unsigned char>(name[i])) == 0) return name;
  return name.substr(0, dot - 5) + name.substr(dot);
}

}  // namespace

void read_packet_files(const std::filesystem::path& path, const biflows::Assembly& assembly, Context& context,
                       PacketAccount& account, const VisitCapture& visit) {
  files::BytesRead bytes;
  std::optional<biflows::Assembler> assembler;
  std::string capture;
  packets::Dissector dissector;
  const auto close = [&] {
    if (!assembler) return;
    auto biflows = std::move(*assembler).finish();
    assembler.reset();
    account.biflows += static_cast<std::int64_t>(biflows.size());
    visit(capture, std::move(biflows));
  };
  files::visit_files(
      path, {".pcap", ".pcapng", ".cap"}, bytes, [&](const std::string& name, files::ByteSource& source) {
        ++account.files;
        if (auto first = first_of_rotation(name); !assembler || first != capture) {
          close();
          capture = std::move(first);
          assembler.emplace(assembly);
          dissector = {};
          ++account.captures;
        }
        packets::CaptureReader reader(source, name);
        packets::CapturedPacket packet;
        packets::Segment segment;
        while (reader.next(packet)) {
          const auto verdict = dissector.dissect(packet, segment);
          ++account.verdicts[static_cast<std::size_t>(verdict)];
          if (verdict == packets::Verdict::kSegment) assembler->add(packet.nanoseconds, segment);
          if (++account.packets % kPacketsAtOnce != 0) continue;
          context.check_stop();
          context.progress({bytes.done, bytes.total, "bytes", fmt::format("{} biflows", assembler->size())});
        }
        if (!reader.damage().empty()) account.damage.add("end of a damaged file", name, reader.damage());
        if (reader.bad_blocks() > 0) {
          account.damage.add("bad block", name, reader.first_bad_block());
          account.damage.count("bad block", static_cast<std::int64_t>(reader.bad_blocks()) - 1);
        }
        context.progress({bytes.done, bytes.total, "bytes"});
      });
  close();
}

}  // namespace morgana::pcap
