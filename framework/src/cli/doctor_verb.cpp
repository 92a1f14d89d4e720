// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cache/store.hpp"
#include "cli/program.hpp"
#include "cli/request.hpp"
#include "cli/terminal.hpp"
#include "morgana/count_text.hpp"
#include "plugin/library.hpp"
#include "run/libtorch_probe.hpp"
#include "run/machine.hpp"
#include "run/wording.hpp"

namespace morgana::host {
namespace {

using Json = nlohmann::ordered_json;

/// A part of the installation, and whether it is as it should be.
struct Finding {
  enum class State { kGood, kNote, kFault } state;
  std::string subject, text, hint;
};

const char* name_of(Finding::State state) {
  return state == Finding::State::kGood ? "good" : state == Finding::State::kNote ? "note" : "fault";
}

/// Opening says more than a manifest can, but brings LibTorch into the process; so it is asked for.
Finding examine(const PluginFile& file, bool open) {
  const auto subject = "plugin " + file.library.string();
  if (file.refusal) return {Finding::State::kFault, subject, file.refusal->cause(), file.refusal->hint()};
  try {
    if (open) Library(file.library);
  } catch (const PluginFault& fault) {
    return {Finding::State::kFault, subject, fault.cause(), fault.hint()};
  }
  return {Finding::State::kGood, subject,
          fmt::format("{} {}, {}, {}", file.manifest->name, file.manifest->version,
                      count_text(file.manifest->stages.size(), "stage"), file.manifest->abi),
          ""};
}

std::vector<Finding> plugin_findings(const Arguments& arguments) {
  std::vector<Finding> findings;
  const auto folders = search_path(arguments.values("plugin-path"));
  for (const auto& folder : folders) {
    const bool there = std::filesystem::is_directory(folder.path);
    findings.push_back({there ? Finding::State::kGood : Finding::State::kNote, "plugin folder " + folder.path.string(),
                        "named by " + folder.named_by + (there ? "" : "; it is not there"), ""});
  }
  const Catalog catalog(folders);
  for (const auto& file : catalog.files()) findings.push_back(examine(file, arguments.has("open")));
  for (const auto& conflict : catalog.conflicts())
    findings.push_back(
        {Finding::State::kFault, "plugin " + conflict.library().string(), conflict.cause(), conflict.hint()});
  if (catalog.files().empty())
    findings.push_back({Finding::State::kFault, "plugins", "none was found", "build them: scripts/build"});
  return findings;
}

std::vector<Finding> findings_of(const Arguments& arguments) {
  const auto machine = this_machine();
  std::vector<Finding> findings{
      {Finding::State::kGood, "morgana", fmt::format("{}, {}", version(), host_interface()), ""},
      {Finding::State::kGood, "machine",
       fmt::format("{}, {} threads, {:.0f} GB, {}", machine.processor, machine.threads,
                   static_cast<double>(machine.memory) / 1e9, machine.system),
       ""}};
  const auto torch = probe_libtorch();
  findings.push_back({torch.folder.empty() || !torch.fault.empty() ? Finding::State::kNote : Finding::State::kGood,
                      "LibTorch", torch.fault.empty() ? torch.folder : torch.fault,
                      torch.fault.empty() ? "" : "run scripts/setup"});
  const auto& cards = gpus();
  if (!cards.fault.empty()) findings.push_back({Finding::State::kNote, "GPU", "none: " + cards.fault, ""});
  for (const auto& name : cards.names) findings.push_back({Finding::State::kGood, "GPU", name, ""});
  if (!cards.names.empty())
    findings.push_back({cards.usable() ? Finding::State::kGood : Finding::State::kFault, "CUDA",
                        cards.usable() ? "libtorch_cuda opens" : cards.unusable,
                        cards.usable() ? "" : "run scripts/setup --cuda"});
  findings.push_back({Finding::State::kGood, "cache", default_cache_folder().string(), ""});
  for (auto& finding : plugin_findings(arguments)) findings.push_back(std::move(finding));
  return findings;
}

int doctor(const Arguments& arguments) {
  std::vector<Finding> findings;
  try {
    findings = findings_of(arguments);
  } catch (const PluginFault&) {
    throw;
  } catch (const Error& error) {
    throw UsageFault(error);
  }
  bool failed = false;
  Json list = Json::array();
  for (const auto& finding : findings) {
    failed |= finding.state == Finding::State::kFault;
    list.push_back({{"state", name_of(finding.state)},
                    {"subject", finding.subject},
                    {"text", finding.text},
                    {"hint", finding.hint}});
    if (arguments.has("json")) continue;
    const auto ink = finding.state == Finding::State::kGood   ? Ink::kGreen
                     : finding.state == Finding::State::kNote ? Ink::kYellow
                                                              : Ink::kRed;
    print(inked(stdout, ink, fmt::format("{:<5}", name_of(finding.state))) + "  " + finding.subject + ": " +
          finding.text + "\n");
    if (!finding.hint.empty()) print("       hint: " + finding.hint + "\n");
  }
  if (arguments.has("json")) print(list.dump(2) + "\n");
  return failed ? kPluginFailed : kDone;
}

}  // namespace

Verb doctor_verb() {
  return {.name = "doctor",
          .summary = "say what is installed, and what is wrong with it",
          .description =
              "Prints versions, the machine, LibTorch, why there is no GPU where there is none, where results are "
              "kept, every "
              "folder that is searched for plugins, and every plugin library with the reason why it was refused. A "
              "note is no "
              "fault: a machine without a GPU is well.",
          .options = {{.name = "open", .doc = "open each library too, instead of trusting its manifest"},
                      plugin_path_option(),
                      json_option()},
          .examples = "morgana doctor\nmorgana doctor --open --plugin-path ~/my-plugins",
          .run = doctor,
          .exit_codes = "0  nothing is at fault\n2  the arguments are wrong\n3  a plugin is at fault"};
}

}  // namespace morgana::host
