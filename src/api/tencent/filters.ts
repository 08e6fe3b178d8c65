/**
 * The filters of DescribeHaVips: all of them must hold, and one holds where any of its values is
 * met. Those on an association have to be met by one and the same association.
 */
import { canonicalText } from '../../havip/cidr.ts';
import type { ParameterReader } from '../parameter-reader.ts';
import type { Association, HaVipObject } from './havip-object.ts';
import { type Fault, fault } from './result.ts';

export interface Filter {
  name: string;
  values: string[];
}

const FILTERS_MAX = 10;
const VALUES_MAX = 5;

/** What of a HaVip a filter is held against. Of what is not offered here, every HaVip has none. */
const OF_HAVIP: Readonly<Record<string, (havip: HaVipObject) => string>> = {
  'havip-id': (havip) => havip.HaVipId,
  'havip-name': (havip) => havip.HaVipName,
  'vpc-id': (havip) => havip.VpcId,
  'subnet-id': (havip) => havip.SubnetId,
  vip: (havip) => havip.Vip,
  'address-ip': (havip) => havip.AddressIp,
  'check-associate': (havip) => String(havip.CheckAssociate),
  'cdc-id': (havip) => havip.CdcId,
  type: () => 'NORMAL',
  'termination-protection': () => 'false',
  'traffic-protection': () => 'false',
};

const OF_ASSOCIATION: Readonly<Record<string, (association: Association) => string>> = {
  'havip-association.instance-id': (association) => association.InstanceId,
  'havip-association.instance-type': (association) => association.InstanceType,
};

/** How values are written before they are compared. */
const VALUE_FORMS: Readonly<Record<string, (value: string) => string>> = {
  vip: canonicalText,
  'address-ip': canonicalText,
  'check-associate': (value) => ({ '1': 'true', '0': 'false' })[value] ?? value.toLowerCase(),
};

export function readFilters(parameters: ParameterReader): Filter[] {
  return parameters.items('Filters').map((part) => {
    const name = part.requiredText('Name');
    return { name, values: part.texts('Values') };
  });
}

export function filtersFault(filters: readonly Filter[]): Fault | null {
  if (filters.length > FILTERS_MAX) {
    const message = `there are ${filters.length} filters; at most ${FILTERS_MAX} are taken`;
    return fault('InvalidParameterValue.LimitExceeded', message);
  }
  for (const { name, values } of filters) {
    if (!(Object.hasOwn(OF_HAVIP, name) || Object.hasOwn(OF_ASSOCIATION, name))) {
      const known = [...Object.keys(OF_HAVIP), ...Object.keys(OF_ASSOCIATION)].join(', ');
      const message = `${name} is no filter of HaVips; there are ${known}`;
      return fault('InvalidParameter.FilterInvalidKey', message);
    }
    if (values.length === 0) {
      return fault('MissingParameter', `Values of the filter ${name} are missing`);
    }
    if (values.length > VALUES_MAX) {
      const message = `the filter ${name} has ${values.length} values; ${VALUES_MAX} are taken`;
      return fault('InvalidParameterValue.LimitExceeded', message);
    }
  }
  return null;
}

/**
 * Those that every filter holds for. An association that was asked for stands first in its HaVip:
 * Terraform reads the first one.
 */
export function filtered(
  havips: readonly HaVipObject[],
  filters: readonly Filter[],
): HaVipObject[] {
  const forms = filters.map(({ name, values }) => {
    const form = VALUE_FORMS[name] ?? ((value: string) => value);
    return { name, values: values.map(form) };
  });
  const ofHavip = forms.filter(({ name }) => Object.hasOwn(OF_HAVIP, name));
  // Terraform sends an empty InstanceType where the user names none: it asks for nothing.
  const ofAssociation = forms.filter(
    ({ name, values }) => Object.hasOwn(OF_ASSOCIATION, name) && values.some((text) => text !== ''),
  );
  return havips
    .filter((havip) => ofHavip.every(({ name, values }) => meets(OF_HAVIP[name], havip, values)))
    .flatMap((havip) => withAssociation(havip, ofAssociation) ?? []);
}

function withAssociation(havip: HaVipObject, filters: readonly Filter[]): HaVipObject | null {
  if (filters.length === 0) return havip;
  const isMet = (association: Association): boolean =>
    filters.every(({ name, values }) => meets(OF_ASSOCIATION[name], association, values));
  const all = havip.HaVipAssociationSet;
  const met = all.filter(isMet);
  if (met.length === 0) return null;
  const others = all.filter((association) => !isMet(association));
  return { ...havip, HaVipAssociationSet: [...met, ...others] };
}

function meets<T>(part: ((of: T) => string) | undefined, of: T, values: readonly string[]) {
  return part !== undefined && values.includes(part(of));
}
