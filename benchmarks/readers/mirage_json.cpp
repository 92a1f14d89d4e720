// SPDX-License-Identifier: Apache-2.0
// How fast a capture file becomes columns: our reader beside what a user would take instead.
// usage: morgana_benchmark_mirage_json [megabytes] [pairs] [file], the file left out: made in the temporary folder
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <numeric>

#include "biflow_stream.hpp"
#include "capture_maker.hpp"
#include "files/visit_files.hpp"
#include "peers.hpp"
#include "trace_collector.hpp"

namespace {

using namespace morgana;
namespace fs = std::filesystem;

Traces read_by_us(const fs::path& file) {
  mirage::Selection selection;
  selection.form.channels = {"PL", "IAT", "DIR"};
  selection.background = mirage::Background::kKeep;
  const auto wanted = selection.wanted();
  std::vector<mirage::TraceCollector> collectors;
  auto& collector = collectors.emplace_back(selection);
  files::BytesRead bytes;
  mirage::Biflow biflow;
  files::visit_files(file, {".json"}, bytes, [&](const std::string& name, files::ByteSource& source) {
    collector.begin_file(name);
    mirage::BiflowStream stream(source, name);
    while (stream.next()) {
      mirage::read_biflow(stream, wanted, biflow);
      collector.add(stream.key(), biflow);
    }
  });
  return mirage::TraceCollector::merge(std::move(collectors), {});
}

/// The bytes alone, through a window of the same size: no reader of this file is faster.
std::uint64_t read_bytes(const fs::path& file) {
  files::BytesRead bytes;
  std::vector<char> window(mirage::BiflowStream::kWindowBytes);
  std::uint64_t sum = 0;
  files::visit_files(file, {".json"}, bytes, [&](const std::string&, files::ByteSource& source) {
    while (const auto count = source.read(window.data(), window.size()))
      sum += count + static_cast<unsigned char>(window[0]);
  });
  return sum;
}

/// Processor time of this one-threaded program, so that foreign load counts little.
double seconds_now() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double seconds_of(const std::function<void()>& work) {
  const double start = seconds_now();
  work();
  return seconds_now() - start;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Peak resident memory since `forget_peak`, from /proc.
double peak_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  return 0;
}
void forget_peak() {
  ::malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
}

double sum(const std::vector<float>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

void require_equal(const Traces& ours, const benchmark::Columns& theirs, const char* peer) {
  const auto& channels = ours.table().channels;
  if (ours.table().offsets != theirs.offsets || ours.table().keys != theirs.keys ||
      channels[0].values != theirs.payload || channels[1].values != theirs.iat ||
      channels[2].values != theirs.direction) {
    fmt::print("{} read something else: {} biflows, {} bytes, {} s\n", peer, theirs.keys.size(), sum(theirs.payload),
               sum(theirs.iat));
    std::exit(1);
  }
}

void compare(const char* peer, std::size_t pairs, double bytes, const std::function<double()>& us,
             const std::function<double()>& them) {
  std::vector<double> ratios, theirs;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const double first = us(), second = them();
    ratios.push_back(second / first);
    theirs.push_back(second);
  }
  const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  fmt::print("  {:<28} {:7.3f} GB/s   we are {:6.2f} x as fast (range {:.2f} to {:.2f}, {} pairs)\n", peer,
             bytes / median(theirs) / 1e9, median(ratios), *least, *most, pairs);
}

void measure(const fs::path& file, std::size_t pairs) {
  const auto bytes = static_cast<double>(fs::file_size(file));
  forget_peak();
  const double before = peak_megabytes();
  const auto ours = read_by_us(file);
  fmt::print(
      "  {:.0f} MB, {} biflows, {} packets; our peak memory above the start {:.0f} MB, of which traces {:.0f} MB\n",
      bytes / 1e6, ours.size(), ours.packets(), peak_megabytes() - before, static_cast<double>(ours.bytes()) / 1048576);
  require_equal(ours, benchmark::read_by_simdjson(file), "simdjson");
  require_equal(ours, benchmark::read_by_nlohmann(file), "nlohmann");

  const auto us = [&] { return seconds_of([&] { read_by_us(file); }); };
  std::vector<double> alone;
  for (std::size_t i = 0; i < 2 * pairs; ++i) alone.push_back(us());
  fmt::print("  {:<28} {:7.3f} GB/s\n", "Morgana", bytes / median(alone) / 1e9);
  compare("Morgana again (A/A)", pairs, bytes, us, us);
  compare("reading the bytes alone", pairs, bytes, us, [&] { return seconds_of([&] { read_bytes(file); }); });
  compare("simdjson On-Demand", pairs, bytes, us,
          [&] { return seconds_of([&] { benchmark::read_by_simdjson(file); }); });
  compare("nlohmann SAX", pairs, bytes, us, [&] { return seconds_of([&] { benchmark::read_by_nlohmann(file); }); });
  if (benchmark::seconds_of_python(file) > 0)
    compare("CPython json.load", pairs, bytes, us, [&] { return benchmark::seconds_of_python(file); });
}

}  // namespace

int main(int count, char** arguments) {
  const std::size_t megabytes = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 200;
  const std::size_t pairs = count > 2 ? std::strtoul(arguments[2], nullptr, 10) : 5;
  double load[1] = {};
  ::getloadavg(load, 1);
  fmt::print("one thread, processor time, {}, load average {:.1f}\n", mirage::has_avx2() ? "AVX2" : "no AVX2", load[0]);
  if (count > 3) {
    measure(arguments[3], pairs);
    return 0;
  }
  const auto file = fs::temp_directory_path() / fmt::format("1_None_morgana_benchmark_{}.json", ::getpid());
  for (const auto& [shape, about] :
       {std::pair{benchmark::Shape::kReleased, "as released: payload bytes are three quarters of the file"},
        {benchmark::Shape::kListsOnly, "lists only: no payload bytes"}}) {
    benchmark::make_capture(file, megabytes * 1000000, shape);
    fmt::print("{}\n", about);
    measure(file, pairs);
  }
  fs::remove(file);
}
