// SPDX-License-Identifier: Apache-2.0
// Captures of random traces before tshark. MORGANA_JUDGED_TRACES sets how many there are of each setting; 10000 is the
// full measure and takes some minutes.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <morgana/testing.hpp>

#include "random_traces.hpp"
#include "test_environment.hpp"

namespace morgana::write_pcap {
namespace {

using Settings = std::vector<std::pair<std::string, ParameterValue>>;

std::size_t trace_count() {
  const char* chosen = std::getenv("MORGANA_JUDGED_TRACES");
  return chosen != nullptr ? static_cast<std::size_t>(std::atoll(chosen)) : 150;
}

struct Setting {
  const char* name;
  bool windows;
  Settings settings;
};

void PrintTo(const Setting& setting, std::ostream* out) { *out << setting.name; }

/// Writes traces with the settings and puts the capture before judge.py.
void expect_no_fault(const Traces& given, const Setting& setting) {
  if (std::system("command -v tshark > /dev/null") != 0) GTEST_SKIP() << "no tshark; run scripts/setup";
  testing::StageRunner stage(morgana_plugin(), "write.pcap");
  const auto& folder = stage.context.root();
  const auto traces = std::make_shared<const Traces>(given);
  traces->save(folder / "traces.safetensors");
  std::string options;
  for (const auto& [name, value] : setting.settings) {
    stage.set(name, value);
    if (name == "resolution") options += " --nanoseconds-per-tick 1000";
  }
  if (setting.windows) options += " --windows";
  stage.set("path", (folder / "x.pcapng").string()).set("labels_file", (folder / "labels.csv").string());
  stage.set("comments", "added").set("mean_gap", 0.2).input("traces", traces).run();
  const auto command = fmt::format(
      "python3 {}/plugins/writers/pcap/test/judge.py {}/x.pcapng {}/labels.csv "
      "{}/traces.safetensors{}",
      MORGANA_SOURCE_DIR, folder.string(), folder.string(), folder.string(), options);
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 0) << command;
}

class Judged : public ::testing::TestWithParam<Setting> {};

TEST_P(Judged, TsharkFindsNoFaultAndTheTracesComeBack) {
  expect_no_fault(random_traces(trace_count(), 11, GetParam().windows), GetParam());
}

/// More unacknowledged segments than Wireshark remembers (10,000), more empty packets of one end than bytes of the
/// other, and payloads beyond every limit.
TEST(JudgedExtremes, TsharkFindsNoFault) {
  TraceTable table;
  for (const char* name : {"PL", "IAT", "DIR"}) table.channels.push_back(standard_channel(name));
  const auto add = [&](float bytes, float direction) {
    table.channels[0].values.push_back(bytes);
    table.channels[1].values.push_back(table.channels[1].values.size() == table.offsets.back() ? 0 : 1e-4f);
    table.channels[2].values.push_back(direction);
  };
  const auto end = [&] { table.offsets.push_back(table.channels[0].values.size()); };
  add(100, -1);
  for (int i = 0; i < 11000; ++i) add(1460, 1);
  end();
  for (int i = 0; i < 600; ++i) add(0, -1);
  end();
  for (int i = 0; i < 601; ++i) add(i == 600 ? 5 : 0, i % 2 == 0 ? 1 : -1);
  end();
  for (int i = 0; i < 6; ++i) add(1048576, i % 2 == 0 ? -1 : 1);
  end();
  const Traces traces(std::move(table));
  expect_no_fault(traces, {"defaults", false, {}});
  expect_no_fault(traces,
                  {"no acknowledgement", false, {{"acks", std::string("never")}, {"close", std::string("always")}}});
  expect_no_fault(traces, {"whole", false, {{"split", false}, {"handshake", std::string("never")}}});
  expect_no_fault(traces, {"udp", false, {{"protocol", std::string("udp")}}});
}

INSTANTIATE_TEST_SUITE_P(
    RandomTraces, Judged,
    ::testing::Values(
        Setting{"defaults", false, {}}, Setting{"windows", true, {{"protocol", std::string("tcp")}}},
        Setting{"whole", true, {{"protocol", std::string("tcp")}, {"split", false}, {"timestamps", true}}},
        Setting{"ipv6",
                false,
                {{"ip", std::string("ipv6")}, {"timestamps", true}, {"resolution", std::string("microseconds")}}},
        Setting{"never",
                false,
                {{"handshake", std::string("never")}, {"acks", std::string("never")}, {"close", std::string("never")}}},
        Setting{"always",
                true,
                {{"protocol", std::string("tcp")},
                 {"handshake", std::string("always")},
                 {"acks", std::string("always")},
                 {"close", std::string("always")},
                 {"filler", std::string("zero")}}},
        Setting{"udp", false, {{"protocol", std::string("udp")}}},
        Setting{"udp_ipv6",
                false,
                {{"protocol", std::string("udp")}, {"ip", std::string("ipv6")}, {"arrival", std::string("together")}}}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace morgana::write_pcap
