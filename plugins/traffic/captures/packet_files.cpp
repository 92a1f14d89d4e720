// SPDX-License-Identifier: Apache-2.0
#include "captures/packet_files.hpp"

#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include "biflows/assembler.hpp"
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

Omissions PacketAccount::left_out() const {
  auto all = damage;
  for (std::size_t i = 0; i < verdicts.size(); ++i)
    if (const auto verdict = static_cast<packets::Verdict>(i); verdict != packets::Verdict::kSegment)
      all.count(fmt::format("packet {}", packets::name_of(verdict)), verdicts[i]);
  return all;
}

void read_packet_files(const std::filesystem::path& path, const biflows::Assembly& assembly, Context& context,
                       PacketAccount& account, const VisitCapture& visit) {
  files::BytesRead bytes;
  std::optional<biflows::Assembler> assembler;
  std::string capture, common;
  std::exception_ptr no_capture;  // the first file that is none
  packets::Dissector dissector;
  const auto close = [&] {
    if (!assembler) return;
    const auto biflows = std::move(*assembler).finish();
    assembler.reset();
    account.biflows += static_cast<std::int64_t>(biflows.size());
    visit(capture, biflows);
  };
  const auto read_packets = [&](packets::CaptureReader& reader) {
    packets::CapturedPacket packet;
    while (reader.next(packet)) {
      const auto verdict = dissector.dissect(packet, assembler->segment());
      ++account.verdicts[static_cast<std::size_t>(verdict)];
      if (verdict == packets::Verdict::kSegment) assembler->add(packet.nanoseconds);
      if (++account.packets % kPacketsAtOnce != 0) continue;
      context.check_stop();
      context.progress({bytes.done, bytes.total, "bytes", fmt::format("{} biflows", assembler->size())});
    }
  };
  account.damage.append(files::visit_files(
      path, {".pcap", ".pcapng", ".cap"}, bytes,
      [&](const std::string& name, files::ByteSource& source) {
        std::optional<packets::CaptureReader> reader;
        try {
          reader.emplace(source, name);
        } catch (const files::PastLimits&) {
          throw;
        } catch (const Error& error) {
          if (!no_capture) no_capture = std::current_exception();
          std::string_view why = error.what();
          if (why.starts_with(name + ": ")) why.remove_prefix(name.size() + 2);
          account.damage.add("file that is no capture", name, why);
          return;
        }
        ++account.files;
        if (auto of = capture_of(name); !assembler || of != common) {
          close();
          common = std::move(of);
          capture = name;
          assembler.emplace(assembly);
          dissector = {};
          ++account.captures;
        }
        auto damage = [&]() -> std::string {
          try {
            read_packets(*reader);
            return reader->damage();
          } catch (const files::PastLimits&) {
            throw;
          } catch (const Error& error) {  // packed bytes that are damaged: what came before them counts
            return error.what();
          }
        }();
        if (!damage.empty()) account.damage.add("end of a damaged file", name, damage);
        if (reader->bad_blocks() > 0) {
          account.damage.add("bad block", name, reader->first_bad_block());
          account.damage.count("bad block", static_cast<std::int64_t>(reader->bad_blocks()) - 1);
        }
        context.progress({bytes.done, bytes.total, "bytes"});
      },
      context.threads()));
  if (account.files == 0 && no_capture) std::rethrow_exception(no_capture);
  close();
}

}  // namespace morgana::captures
