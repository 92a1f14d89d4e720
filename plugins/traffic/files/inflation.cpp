// SPDX-License-Identifier: Apache-2.0
#include "files/inflation.hpp"

#include "morgana/error.hpp"

namespace morgana::files {
namespace {

/// The disk is read in such blocks: a member may lie in one that was read before the member began.
constexpr std::uint64_t kReadBefore = 256 * 1024;

}  // namespace

InflationMeter::InflationMeter(Inflation& inflation, const DiskFile& disk, std::string place)
    : inflation_(inflation), disk_(disk), place_(std::move(place)), start_(disk.bytes_given()) {}

void InflationMeter::add(std::size_t bytes) {
  inflated_ += bytes;
  const auto& limits = inflation_.limits;
  const auto packed = static_cast<double>(disk_.bytes_given() - start_ + kReadBefore);
  if (static_cast<double>(inflated_) > limits.ratio * packed)
    throw PastLimits("{} inflates to more than {} times its size; {}", place_, limits.ratio, limits.remedy);
  if ((inflation_.total += bytes) > limits.total_bytes)
    throw PastLimits("{}: more than {} bytes were inflated in all; {}", place_, limits.total_bytes, limits.remedy);
}

}  // namespace morgana::files
