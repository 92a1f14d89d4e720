// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "cli/request.hpp"
#include "cli/terminal.hpp"
#include "graph/load_plan.hpp"
#include "morgana/count_text.hpp"
#include "morgana/metrics.hpp"
#include "run/crash.hpp"
#include "run/display.hpp"
#include "run/interrupt.hpp"
#include "run/parameter_checks.hpp"
#include "run/plugin_stages.hpp"
#include "run/stage_run.hpp"
#include "run/wording.hpp"

namespace morgana::host {
namespace {

using nlohmann::ordered_json;

constexpr const char* kStage = "capture.live";
constexpr std::chrono::seconds kGrace{10};

/// Interfaces of this machine and their addresses.
std::map<std::string, std::vector<std::string>> interfaces() {
  std::map<std::string, std::vector<std::string>> found;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) throw Error("the network interfaces cannot be listed: {}", std::strerror(errno));
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, ::freeifaddrs);
  for (const auto* each = list; each != nullptr; each = each->ifa_next) {
    auto& addresses = found[each->ifa_name];
    if (each->ifa_addr == nullptr) continue;
    const bool four = each->ifa_addr->sa_family == AF_INET;
    if (!four && each->ifa_addr->sa_family != AF_INET6) continue;
    char text[NI_MAXHOST] = {};
    const auto size = static_cast<socklen_t>(four ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    if (::getnameinfo(each->ifa_addr, size, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0)
      addresses.emplace_back(text);
  }
  return found;
}

int list_interfaces(bool json) {
  const auto found = interfaces();
  if (json) {
    auto list = ordered_json::array();
    for (const auto& [name, addresses] : found) list.push_back({{"interface", name}, {"addresses", addresses}});
    list.push_back({{"interface", "any"}, {"addresses", ordered_json::array()}});
    print(list.dump(2) + "\n");
    return kDone;
  }
  std::size_t width = 3;
  for (const auto& [name, addresses] : found) width = std::max(width, name.size());
  for (const auto& [name, addresses] : found)
    print(fmt::format("{}  {}\n", padded(name, width),
                      addresses.empty() ? "no address" : fmt::format("{}", fmt::join(addresses, ", "))));
  print(fmt::format("{}  all of them at once\n", padded("any", width)));
  return kDone;
}

/// A capture has no cache, so its stage has no folders; what it says goes to the display.
class CaptureContext final : public Context {
 public:
  CaptureContext(const PlannedNode& node, Display& display, const std::atomic<bool>& stop)
      : node_(node), display_(display), stop_(stop) {}

  void progress(const Progress& progress) override { display_.progressed(0, progress); }
  bool stop_requested() const noexcept override { return stop_; }
  Device device() const override { return {}; }
  int threads() const override { return 1; }
  const std::filesystem::path& scratch() override { throw Error("a capture has no scratch folder"); }
  const std::filesystem::path& checkpoints() override { throw Error("a capture has no checkpoints"); }
  const std::string& node() const override { return node_.name; }
  const std::map<std::string, std::string>& variables() const override { return node_.variables; }
  RunFacts run_facts() const override { return {}; }

 protected:
  void write_log(LogLevel level, std::string_view text) override { display_.logged(0, level, std::string(text)); }

 private:
  const PlannedNode& node_;
  Display& display_;
  const std::atomic<bool>& stop_;
};

std::string package_of(const Arguments& arguments) {
  if (arguments.has("package")) return arguments.value("package");
  if (!arguments.operands().empty()) return std::filesystem::path(arguments.operand(0)).filename().string();
  throw UsageFault(Error("capture needs --package NAME, what the experiment is about, or a command to run")
                       .hint("see morgana capture --help"));
}

/// The capture as a pipeline of one node, so that its parameters are checked like those of any stage.
std::string pipeline_of(const Arguments& arguments) {
  if (!arguments.has("interface"))
    throw UsageFault(
        Error("capture needs --interface NAME").hint("morgana capture --list-interfaces shows what there is"));
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  ordered_json set{{"interface", arguments.value("interface")},
                   {"package", package_of(arguments)},
                   {"epoch", std::chrono::duration_cast<std::chrono::seconds>(now).count()},
                   {"folder", arguments.value("output")},
                   {"device", arguments.value("device")},
                   {"filter", arguments.value("filter")},
                   {"promiscuous", arguments.has("promiscuous")},
                   {"command", arguments.operands()}};
  if (const auto seconds = arguments.number("seconds", 1)) set["seconds"] = *seconds;
  if (arguments.has("rotate")) {
    const auto bytes = parse_bytes(arguments.value("rotate"));
    if (!bytes || *bytes == 0)
      throw UsageFault("option --rotate is \"{}\"; it takes a size such as 100MB", arguments.value("rotate"));
    set["rotate_bytes"] = *bytes;
  }
  if (const auto bytes = arguments.number("snap-length", 0)) set["snap_length"] = *bytes;
  if (const auto period = arguments.number("sample-every", 1)) set["sample_milliseconds"] = *period;
  return ordered_json{{"schema", "morgana.pipeline/1"}, {"nodes", {{"capture", {{"use", kStage}, {"set", set}}}}}}
      .dump();
}

std::string contents_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void say_end(const Metrics& metrics) {
  const auto number = [&](const char* name) {
    const auto* metric = metrics.find(name);
    return metric == nullptr ? std::uint64_t{0} : static_cast<std::uint64_t>(metric->value);
  };
  std::string text;
  for (const auto& [name, note] : metrics.notes)
    if (name.starts_with("capture ")) text += fmt::format("  {}  {}\n", text.empty() ? "wrote" : "     ", note);
  for (const char* name : {"sockets", "record"})
    if (const auto note = metrics.notes.find(name); note != metrics.notes.end())
      text += "         " + note->second + "\n";
  std::fputs(fmt::format("{}, {}, {} dropped, {} in {}\n{}", count_text(number("packets"), "packet"),
                         bytes_text(number("bytes")), number("dropped"), count_text(number("sockets"), "socket"),
                         duration_text(metrics.find("seconds") != nullptr ? metrics.find("seconds")->value : 0), text)
                 .c_str(),
             stderr);
}

/// Runs the plan's only node: by itself, since what a capture gives is not in its parameters and must not be cached.
std::shared_ptr<const Metrics> run_capture(const Plan& plan, Display::Style style) {
  const auto& node = plan.nodes.front();
  PluginStages plugins;
  const auto stage = plugins.make(node);
  configure(*stage, node, {});
  install_crash_handler();
  Display display(plan, style);
  std::atomic<bool> stop{false};
  CaptureContext context(node, display, stop);
  NodeOutcome begun;
  for (const auto& parameter : node.parameters)
    if (parameter.info->name == "interface") begun.reason = "on " + std::get<std::string>(parameter.value);
  try {
    const Interrupt interrupt(stop, kGrace,
                              {.asked = [&] { display.say("stopping: Ctrl-C again ends at once"); },
                               .grace_over =
                                   [&] {
                                     display.say(fmt::format("error: {}: it does not stop", described(node)));
                                     return true;
                                   },
                               .before_exit = [&] { display.close(); }});
    display.started(0, begun);
    run_guarded(*stage, context, 1);
  } catch (const Error& error) {
    display.close();
    throw Error("{}", error.what()).hint(error.hint());
  }
  display.close();
  return std::static_pointer_cast<const Metrics>(outputs_of(*stage).at("metrics"));
}

int capture(const Arguments& arguments) try {
  if (arguments.has("list-interfaces")) return list_interfaces(arguments.has("json"));
  const auto text = pipeline_of(arguments);
  const auto catalog = catalog_of(arguments);
  if (catalog->find(kStage) == nullptr)
    throw UsageFault(Error("no installed plugin has the stage {}", kStage)
                         .hint("it is built where libpcap is; morgana doctor shows what was found"));
  const auto plan = plan_of_text(text, "capture", {}, catalog, ParameterChecks());
  // A command has the terminal for itself.
  const auto style = arguments.has("quiet")          ? Display::Style::kQuiet
                     : !arguments.operands().empty() ? Display::Style::kLines
                                                     : Display::style_of_stderr();
  const auto metrics = run_capture(plan, style);
  if (!arguments.has("quiet")) say_end(*metrics);
  if (arguments.has("json")) print(contents_of(metrics->notes.at("record")));
  return kDone;
} catch (const PipelineFault& fault) {
  // The pipeline is no file of the user's: what is wrong with it is said without a place in it.
  for (const auto& each : fault.faults()) print_error("morgana", sentence(each), each.hint);
  return kBadRequest;
}

}  // namespace

Verb capture_verb() {
  return {
      .name = "capture",
      .summary = "record live traffic and the sockets it belongs to",
      .description =
          "Captures a network interface to pcapng and writes, beside it, which process of this machine had which "
          "socket: what build.mirage labels the traffic by. With a command the capture begins before it and ends a "
          "second after it; without one it ends on Ctrl-C, or after --seconds. Nothing that was captured is lost by "
          "Ctrl-C, or by a kill.\n\n"
          "The files are OUTPUT/DEVICE/EPOCH_PACKAGE.pcapng (then _0001.pcapng and so on, with --rotate), .sockets "
          "for the log and .json for the record: interface, counts, drops, times, the command and how it ended. They "
          "can be read by their owner alone.\n\n"
          "Capturing needs the capability CAP_NET_RAW: run it with sudo, or see docs/recording.md, which also says "
          "what to think of before other people's traffic is recorded.",
      .operands = {{Operand::Count::kMany, "COMMAND",
                    "behind --: the experiment's program and its arguments; as it was typed, it has the terminal"}},
      .options = {{.name = "interface", .argument = "NAME", .doc = "what to capture on; \"any\" is all interfaces"},
                  {.name = "list-interfaces", .doc = "print the interfaces and their addresses, and end"},
                  {.name = "output", .argument = "FOLDER", .doc = "where the files go", .fallback = "captures"},
                  {.name = "package",
                   .argument = "NAME",
                   .doc = "what the experiment is about, such as org.example.app; else the command's name"},
                  {.name = "device", .argument = "NAME", .doc = "the recorded device; else this machine's name"},
                  {.name = "filter", .argument = "BPF", .doc = "which packets, as man pcap-filter says; else all"},
                  {.name = "seconds", .argument = "N", .doc = "end after so long"},
                  {.name = "rotate",
                   .argument = "SIZE",
                   .doc = "begin another file before one gets larger: 100MB, at least 64KiB"},
                  {.name = "snap-length",
                   .argument = "BYTES",
                   .doc = "keep so much of each packet; 96 keeps the headers and hardly any content; else all"},
                  {.name = "sample-every",
                   .argument = "MILLISECONDS",
                   .doc = "how often to look at the sockets; else 100, and whenever a conversation begins"},
                  {.name = "promiscuous", .doc = "also what is addressed to other machines"},
                  plugin_path_option(),
                  {.name = "quiet", .doc = "only warnings and errors"},
                  json_option("print the record as JSON in the end")},
      .examples =
          "sudo morgana capture --interface eth0 --package org.example.app --seconds 600\n"
          "sudo morgana capture --interface any -- curl -s -o /dev/null https://example.org\n"
          "morgana capture --list-interfaces",
      .run = capture,
      .exit_codes =
          "0  the capture is whole, however its command ended: the record says how\n"
          "1  it could not begin, or could not go on\n"
          "2  the arguments are wrong\n"
          "3  a plugin could not be loaded"};
}

}  // namespace morgana::host
