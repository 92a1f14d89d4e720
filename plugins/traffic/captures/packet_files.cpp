// SPDX-License-Identifier: Apache-2.0
#include "captures/packet_files.hpp"

#include <optional>
#include <utility>

#include "files/visit_files.hpp"
#include "morgana/count_text.hpp"
#include "packets/capture_name.hpp"
#include "packets/capture_reader.hpp"

namespace morgana::captures {
namespace {

/// Progress is reported, and a stop asked for, each time this many more packets were read.
constexpr std::int64_t kPacketsAtOnce = 1 << 16;

/// What all files of a rotated capture have in common.
std::string capture_of(const std::string& name) {
  const auto slash = name.rfind('/');
  return name.substr(0, slash == name.npos ? 0 : slash + 1) + packets::read_capture_file_name(name).stem;
}

}  // namespace

void read_packet_files(const std::filesystem::path& path, const biflows::Assembly& assembly, Context& context,
                       PacketAccount& account, const VisitCapture& visit) {
  files::BytesRead bytes;
  std::optional<biflows::Assembler> assembler;
  std::string capture, common;
  packets::Dissector dissector;
  const auto close = [&] {
    if (!assembler) return;
    const auto biflows = std::move(*assembler).finish();
    assembler.reset();
    account.biflows += static_cast<std::int64_t>(biflows.size());
    visit(capture, biflows);
  };
  account.damage.append(files::visit_files(
      path, {".pcap", ".pcapng", ".cap"}, bytes, [&](const std::string& name, files::ByteSource& source) {
        ++account.files;
        if (auto of = capture_of(name); !assembler || of != common) {
          close();
          common = std::move(of);
          capture = name;
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
          context.progress({bytes.done, bytes.total, "bytes", count_text(assembler->size(), "biflow")});
        }
        if (!reader.damage().empty()) account.damage.add("end of a damaged file", name, reader.damage());
        if (reader.bad_blocks() > 0) {
          account.damage.add("bad block", name, reader.first_bad_block());
          account.damage.count("bad block", static_cast<std::int64_t>(reader.bad_blocks()) - 1);
        }
        context.progress({bytes.done, bytes.total, "bytes"});
      }));
  close();
}

}  // namespace morgana::captures
