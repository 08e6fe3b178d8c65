/** DescribeHaVips: filters (a key's values are OR, keys are AND), tags, pages. */
import { canonicalText } from '../../havip/cidr.ts';
import type { Havip } from '../../havip/inventory/resources.ts';
import { AlibabaError, missing } from './alibaba-error.ts';
import { type Answer, type Call, pageOf, slice } from './call.ts';
import { havipView, statusOf, vpcOf } from './havip-view.ts';
import { wantedTags } from './tag-calls.ts';

type Field = (havip: Havip, call: Call) => string;

const FILTER_FIELDS: Readonly<Record<string, Field>> = {
  VpcId: (havip, call) => vpcOf(call, havip),
  VSwitchId: ({ subnet }) => subnet,
  Status: statusOf,
  HaVipId: ({ id }) => id,
  HaVipAddress: ({ address }) => address,
};
const FILTERS_MAX = 5;
const FILTER_VALUES_MAX = 5;
const PAGE_SIZE_MAX = 50;

type Test = (havip: Havip) => boolean;

export function describeHaVips(call: Call): Answer {
  const page = pageOf(call, PAGE_SIZE_MAX);
  const tests = [...filterTests(call), ...groupTest(call), ...wantedTags(call, 'Tags')];
  const havips = call.plane.inventory.all('havip');
  const found = havips.filter((havip) => tests.every((test) => test(havip)));
  return {
    TotalCount: found.length,
    ...page,
    HaVips: { HaVip: slice(found, page).map((havip) => havipView(call, havip)) },
  };
}

function filterTests(call: Call): Test[] {
  return call.parameters.groups('Filter', FILTERS_MAX).map((filter, index) => {
    // Terraform's alicloud_havip_attachment names its HaVip in a value and gives no key. That it
    // is then taken for HaVipId is ours.
    const key = filter.text('Key') ?? 'HaVipId';
    const field = Object.hasOwn(FILTER_FIELDS, key) ? FILTER_FIELDS[key] : undefined;
    if (field === undefined) {
      const known = Object.keys(FILTER_FIELDS).join(', ');
      const message = `Filter.${index + 1}.Key is not supported; it must be one of ${known}.`;
      throw new AlibabaError(400, 'InvalidFilterKey.ValueNotSupported', message);
    }
    const values = new Set(filter.list('Value', FILTER_VALUES_MAX).map(canonicalText));
    if (values.size === 0) throw missing(`Filter.${index + 1}.Value.1`);
    return (havip) => values.has(field(havip, call));
  });
}

function groupTest({ parameters }: Call): Test[] {
  const group = parameters.text('ResourceGroupId');
  return group === undefined ? [] : [(havip) => havip.group === group];
}
