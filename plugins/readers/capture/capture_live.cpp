// SPDX-License-Identifier: Apache-2.0
// Captures an interface and logs the sockets beside it: the stage behind `morgana capture`.
#include <fmt/format.h>
#include <unistd.h>

#include <morgana/count_text.hpp>
#include <morgana/metrics.hpp>
#include <morgana/stage.hpp>

#include "capture_record.hpp"
#include "recording.hpp"

namespace morgana::capture {
namespace {

std::string host_name() {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "device";
  return name;
}

// A smaller file might hold a single packet: one of 65535 bytes is the largest that IP has.
constexpr std::int64_t kLeastRotation = 64 << 10;

class CaptureLive final : public Stage {
 public:
  void run(Context& context) override {
    Request request;
    request.interface = {*network, *filter, *snap_length, *promiscuous};
    request.folder = *folder;
    request.device = device->empty() ? host_name() : *device;
    request.package = *package;
    request.epoch = *epoch;
    request.seconds = *seconds;
    request.rotate_bytes = static_cast<std::uint64_t>(*rotate_bytes);
    request.sample_milliseconds = *sample_milliseconds;
    request.command = *command;
    request.grace_seconds = *grace_seconds;
    const auto outcome = record(request, context);
    if (outcome.counts.dropped > 0)
      context.log().warning("{} lost because the kernel's buffer was full",
                            count_text(outcome.counts.dropped, "packet was", "packets were"));
    if (outcome.sockets.without_process > 0)
      context.log().warning("the processes of {} of {} were not found: gone too soon{}",
                            outcome.sockets.without_process, count_text(outcome.sockets.sockets, "socket"),
                            ::geteuid() == 0 ? "" : ", or another user's");
    if (outcome.packets == 0) context.log().warning("no packet came by");
    const bool by_us = outcome.end == Outcome::End::kTime || outcome.end == Outcome::End::kRequest;
    if (by_us && outcome.command && outcome.command->signal != 0)
      context.log().info("the command was ended with the capture");
    else if (outcome.command && outcome.command->signal != 0)
      context.log().warning("the command was ended by signal {}", outcome.command->signal);
    else if (outcome.command && outcome.command->code != 0)
      context.log().warning("the command ended with exit code {}", outcome.command->code);
    metrics = metrics_of(request, outcome);
  }

 private:
  static Metrics metrics_of(const Request& request, const Outcome& outcome) {
    Metrics result;
    result.evaluator = "capture.live";
    const auto add = [&](const char* name, double value, const char* unit) {
      result.metrics.push_back({.name = name, .value = value, .unit = unit});
    };
    add("packets", static_cast<double>(outcome.packets), "packets");
    add("bytes", static_cast<double>(outcome.packet_bytes), "bytes");
    add("dropped", static_cast<double>(outcome.counts.dropped), "packets");
    add("dropped_by_interface", static_cast<double>(outcome.counts.dropped_by_interface), "packets");
    add("rotations", static_cast<double>(outcome.parts.size() - 1), "");
    add("socket_rows", static_cast<double>(outcome.sockets.rows), "");
    add("sockets", static_cast<double>(outcome.sockets.sockets), "");
    add("sockets_without_process", static_cast<double>(outcome.sockets.without_process), "");
    add("seconds", outcome.seconds(), "s");
    const CaptureNames names(request.folder, request.device, request.epoch, request.package);
    for (std::size_t i = 0; i < outcome.parts.size(); ++i)
      result.notes[fmt::format("capture {:04}", i)] = outcome.parts[i].file.string();
    result.notes["sockets"] = names.sockets().string();
    result.notes["record"] = names.record().string();
    result.notes["ended by"] = name_of(outcome.end);
    return result;
  }

  Param<std::string> network{
      *this, "interface", {.doc = "The network interface, such as eth0; \"any\" is all of them."}};
  Param<std::string> package{
      *this,
      "package",
      {.doc = "What the experiment is about, such as org.example.app; it stands in the files' names."}};
  Param<std::int64_t> epoch{
      *this,
      "epoch",
      {.unit = "s",
       .min = 0,
       .doc = "When the experiment begins, since 1970; it names the files. Each capture needs its "
              "own: a capture of the same parameters is taken from the cache and not made again."}};
  Param<std::string> folder{
      *this,
      "folder",
      {.value = "captures",
       .doc = "Where the files go, in a folder per device. It is written while the capture goes on, so it is no "
              "product of the run: a killed capture loses nothing."}};
  Param<std::string> device{
      *this, "device", {.value = "", .doc = "The recorded device's name, a folder's; empty: this machine's name."}};
  Param<std::string> filter{
      *this,
      "filter",
      {.value = "", .doc = "Which packets, as pcap-filter(7) says: \"tcp port 443 or udp\"; empty: all."}};
  Param<double> seconds{
      *this,
      "seconds",
      {.value = 0.0, .unit = "s", .min = 0, .doc = "When to end; 0: on request, or when the command has ended."}};
  Param<std::int64_t> rotate_bytes{
      *this,
      "rotate_bytes",
      {.value = 0,
       .unit = "bytes",
       .min = 0,
       .doc = "Largest file, of at least 65536 bytes; what goes beyond is another file; 0: all in one."}};
  Check rotates_seldom{*this, [this] {
                         if (*rotate_bytes > 0 && *rotate_bytes < kLeastRotation)
                           throw Error("rotation at {} would make a flood of files; the least is {} bytes",
                                       count_text(static_cast<std::uint64_t>(*rotate_bytes), "byte"), kLeastRotation)
                               .hint("give a larger size, such as 100MB, or leave it out for one file");
                       }};
  Param<int> snap_length{
      *this,
      "snap_length",
      {.value = 0,
       .unit = "bytes",
       .min = 0,
       .max = LiveInterface::kWholePackets,
       .doc = "Bytes kept of each packet; 96 keep the headers and little of what was said; 0: all."}};
  Param<int> sample_milliseconds{
      *this,
      "sample_milliseconds",
      {.value = 100,
       .unit = "ms",
       .min = 1,
       .doc = "How often the sockets are looked at; a new conversation has them looked at in between."}};
  Param<bool> promiscuous{
      *this, "promiscuous", {.value = false, .doc = "Also packets that are addressed to other machines."}};
  Param<std::vector<std::string>> command{
      *this,
      "command",
      {.value = std::vector<std::string>{},
       .doc = "A program and its arguments that is started when the capture runs, and whose end is the capture's."}};
  Param<double> grace_seconds{
      *this,
      "grace_seconds",
      {.value = 1.0, .unit = "s", .min = 0, .doc = "How long the capture goes on after the command's end."}};
  Out<Metrics> metrics{*this, "metrics",
                       "packets, bytes, dropped, rotations, socket_rows, sockets; the files are among its notes."};
};

}  // namespace
}  // namespace morgana::capture

MORGANA_PLUGIN(
    "capture", morgana::capture::kVersion, "Captures live traffic and the sockets it belongs to.",
    morgana::stage<morgana::capture::CaptureLive>(
        "capture.live",
        "Captures a network interface to pcapng and logs the machine's sockets and their processes beside it."));
