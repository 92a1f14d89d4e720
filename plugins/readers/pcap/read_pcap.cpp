// SPDX-License-Identifier: Apache-2.0
// read.pcap: capture files to labelled biflows.
#include <algorithm>
#include <memory>
#include <morgana/count_text.hpp>
#include <morgana/stage.hpp>
#include <morgana/traces.hpp>

#include "biflows/biflow_traces.hpp"
#include "captures/capture_parameters.hpp"
#include "captures/packet_files.hpp"
#include "flow_labels.hpp"
#include "forms/form_parameters.hpp"
#include "packets/capture_name.hpp"

namespace morgana::pcap {
namespace {

class ReadPcap final : public Stage {
  Param<InputPath> path{*this,
                        "path",
                        {.doc = "A capture file (pcap or pcapng), a folder of them, or an archive; also .gz and .zst. "
                                "A capture that was rotated into x.pcap, x_0001.pcap, ... is one capture."}};
  forms::FormParameters form{*this, forms::header_channels()};
  Param<std::vector<std::string>> protocols{*this,
                                            "protocols",
                                            {.value = std::vector<std::string>{"tcp", "udp"},
                                             .choices = {"tcp", "udp"},
                                             .doc = "Transport protocols of the biflows kept."}};
  Param<std::vector<std::int64_t>> exclude_ports{
      *this,
      "exclude_ports",
      {.value = std::vector<std::int64_t>{},
       .min = 0,
       .max = 65535,
       .doc = "Biflows with one of these ports at either end are left out; 53 is DNS."}};
  Param<Choice> client{*this,
                       "client",
                       {.value = Choice{"private"},
                        .choices = {"private", "first-sender"},
                        .doc = "Which end is the client, from which DIR is -1: the private address, where exactly one "
                               "is, else one of the clients that write.pcap makes up, else who sent first; or always "
                               "who sent first.",
                        .origin = "MIRAGE: the phone stands first, whoever sent the first packet"}};
  captures::CaptureParameters capture{*this};
  Param<bool> end_at_close{*this,
                           "end_at_close",
                           {.value = false,
                            .doc = "A SYN after a RST, or after the FINs of both ends, starts a new biflow.",
                            .origin = "MIRAGE: a biflow is all of its 5-tuple"}};
  Param<Choice> label{*this,
                      "label",
                      {.value = Choice{"folder"},
                       .choices = {"folder", "file", "table", "sockets", "none"},
                       .doc = "A trace's class: the folder its file lies in; the file's name without time, MAC, "
                              "rotation number and ending; what `labels` says; the app that the socket log beside the "
                              "capture names; or nothing."}};
  Param<InputPath> labels{
      *this,
      "labels",
      {.value = InputPath{},
       .doc = "For label \"table\": a CSV file with the columns file,label or "
              "src_ip,src_port,dst_ip,dst_port,protocol,label, as write.pcap leaves it beside its capture."}};
  Check labels_go_with_table{
      *this, [this] {
        if (*label == "table" && labels->path.empty())
          throw Error("label \"table\" needs the parameter \"labels\"")
              .hint("name a CSV file with the columns file,label");
        if (*label != "table" && !labels->path.empty())
          throw Error("labels are given, and label is \"{}\"", label->text).hint("set label to \"table\"");
      }};
  Out<Traces> traces{*this, "traces", "One trace a biflow, by file and first packet."};

  biflows::Assembly assembly(const forms::TraceForm& traced) const {
    auto assembly = capture.assembly();
    assembly.client = *client == "private" ? biflows::ClientRule::kPrivate : biflows::ClientRule::kFirstSender;
    assembly.packets_kept = traced.kept.read();
    assembly.payload_kept = traced.payload_bytes;
    assembly.ends_at_close = *end_at_close;
    return assembly;
  }

  biflows::TraceLabel label_of(const biflows::Biflow& biflow, const std::string& file, const LabelTable* table,
                               const captures::CaptureLog* log) const {
    const auto name = packets::read_capture_file_name(file);
    biflows::TraceLabel result{.label = "", .capture = file, .device = *label == "folder" ? "" : name.folder};
    if (*label == "folder") {
      result.label = name.folder.empty() ? whole_path_label() : name.folder;
    } else if (*label == "file") {
      result.label = name.capture.package;
    } else if (table != nullptr) {
      result.label = table->find(biflow, file);
      if (!result.label.empty()) result.source = LabelSource::kExact;
    } else if (log != nullptr) {
      const auto owner = log->owners.owner_of(biflow.client, biflow.server, biflow.protocol);
      result.label = owner.package;
      if (!result.label.empty()) result.source = owner.exact() ? LabelSource::kExact : LabelSource::kMostCommon;
    }
    return result;
  }

  /// Of a file that lies directly in what the user named.
  std::string whole_path_label() const {
    auto folder = path->path.lexically_normal();
    if (std::filesystem::is_directory(folder)) folder /= "";
    return folder.parent_path().filename().string();
  }

  bool is_wanted(const biflows::Biflow& biflow) const {
    const auto* name = biflow.protocol == packets::kTcp ? "tcp" : "udp";
    return std::find(protocols->begin(), protocols->end(), name) != protocols->end() &&
           std::none_of(exclude_ports->begin(), exclude_ports->end(),
                        [&](std::int64_t port) { return biflow.client.port == port || biflow.server.port == port; });
  }

  void run(Context& context) override {
    std::unique_ptr<const LabelTable> table;
    if (*label == "table") table = std::make_unique<const LabelTable>(labels->path);
    const auto traced = form.form();
    biflows::BiflowTraces result(traced);
    std::unique_ptr<captures::CaptureLogs> logs;
    if (*label == "sockets") logs = std::make_unique<captures::CaptureLogs>(path->path, capture.apps());
    captures::PacketAccount account;
    Omissions left_out;
    captures::read_packet_files(path->path, assembly(traced), context, account,
                                [&](const std::string& file, const biflows::Biflows& found) {
                                  const auto log = logs == nullptr ? nullptr : logs->find(file);
                                  if (logs != nullptr && log == nullptr)
                                    left_out.add("capture without socket log", file);
                                  for (const auto& biflow : found) {
                                    const auto place = [&] { return fmt::format("{} biflow {}", file, biflow.key()); };
                                    const auto about = label_of(biflow, file, table.get(), log.get());
                                    if (!is_wanted(biflow)) left_out.count("other port or protocol", 1);
                                    else if (about.label.empty() && *label != "none") left_out.add("no label", place());
                                    else if (!result.add(biflow, about)) left_out.add("too few packets", place());
                                  }
                                });
    if (logs != nullptr) left_out.append(logs->skipped());
    left_out.append(account.left_out());
    if (result.size() == 0) {
      Error error("no trace is left of {} in {}, {}{}{}", count_text(account.biflows, "biflow"), path->path.string(),
                  count_text(account.packets, "packet"), left_out.empty() ? "" : "; left out: ", left_out.summary());
      if (table && left_out.of("no label") > 0)
        throw std::move(error).hint("labels name files as they stand below the path, with their ending: folder/x.pcap");
      throw error;
    }
    auto trace_table = std::move(result).finish();
    describe(account, left_out, trace_table);
    traces = Traces(std::move(trace_table));
    context.log().info("{} of {}, {} in {}, {}", count_text(traces->size(), "trace"),
                       count_text(account.biflows, "biflow"), count_text(account.packets, "packet"),
                       count_text(account.captures, "capture"),
                       count_text(traces->class_names().size(), "class", "classes"));
    if (!left_out.empty()) context.log().info("left out: {}", left_out.summary());
    for (const auto& [reason, places] : left_out.examples())
      for (const char* bad : {"end of", "bad block", "file that is no", "socket log that"})
        if (reason.starts_with(bad)) context.log().warning("{}: {}", reason, places);
  }

  static void describe(const captures::PacketAccount& account, const Omissions& left_out, TraceTable& table) {
    table.counts["files"] = account.files;
    table.counts["captures"] = account.captures;
    table.counts["packets read"] = account.packets;
    table.counts["biflows"] = account.biflows;
    table.counts["kept"] = static_cast<std::int64_t>(table.offsets.size() - 1);
    left_out.write_to(table);
  }
};

}  // namespace
}  // namespace morgana::pcap

MORGANA_PLUGIN("pcap", "1.0.0", "Reads capture files.",
               morgana::stage<morgana::pcap::ReadPcap>("read.pcap", "Reads pcap and pcapng captures as traces."));
