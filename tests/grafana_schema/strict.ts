// What a dashboard file of ours may say, composed of nothing but Grafana's published types.
// The published `Dashboard` leaves a panel's options, its own field settings and its queries open;
// here each panel type brings its own, so that a misspelt or outdated key does not compile.
import type * as grafana from '@grafana/schema/dist/esm/raw/dashboard/x/Dashboard_types.gen';
import type * as bargauge from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type * as gauge from '@grafana/schema/dist/esm/raw/composable/gauge/panelcfg/x/GaugePanelCfg_types.gen';
import type * as heatmap from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import type * as logs from '@grafana/schema/dist/esm/raw/composable/logs/panelcfg/x/LogsPanelCfg_types.gen';
import type * as stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as statetimeline from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type * as table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as text from '@grafana/schema/dist/esm/raw/composable/text/panelcfg/x/TextPanelCfg_types.gen';
import type * as timeseries from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
// The query types left this package for the data sources' own; these are their last versions in it.
import type { ElasticsearchDataQuery as Elasticsearch } from 'grafana-schema-12/dist/esm/raw/composable/elasticsearch/dataquery/x/ElasticsearchDataQuery_types.gen';
import type { PrometheusDataQuery as Prometheus } from 'grafana-schema-10/dist/esm/raw/composable/prometheus/dataquery/x/PrometheusDataQuery_types.gen';

// JSON has no enums: the value of a member stands for it.
type Json<T> = T extends string
  ? `${T}`
  : T extends number
    ? `${T}` extends `${infer N extends number}`
      ? N
      : never
    : T extends readonly (infer Item)[]
      ? Json<Item>[]
      : T extends object
        ? { [Key in keyof T]: Json<T[Key]> }
        : T;

type With<T, Changed> = Omit<T, keyof Changed> & Changed;
type Need<T, Keys extends keyof T> = T & { [Key in Keys]-?: NonNullable<T[Key]> };

type PrometheusSource = { type: 'prometheus'; uid: 'prometheus' };
type ElasticsearchSource = { type: 'elasticsearch'; uid: 'elasticsearch' };

type PrometheusTarget = With<
  Json<Omit<Prometheus, 'datasource' | 'scope'>>,
  { datasource: PrometheusSource; editorMode: 'code' }
>;
type ElasticsearchTarget = With<Json<Omit<Elasticsearch, 'datasource'>>, { datasource: ElasticsearchSource }>;

type Query =
  | { datasource: PrometheusSource; targets: PrometheusTarget[] }
  | { datasource: ElasticsearchSource; targets: ElasticsearchTarget[] };

type Field<Custom> = With<Json<grafana.FieldConfig>, { custom: Json<Custom>; links?: DataLink[] }>;
type DataLink = { title: string; url: string; targetBlank?: boolean };

type Property<Custom> =
  | { [Key in keyof Field<Custom> & string]-?: { id: Key; value: Field<Custom>[Key] } }[keyof Field<Custom> & string]
  | { [Key in keyof Custom & string]-?: { id: `custom.${Key}`; value: Json<Custom[Key]> } }[keyof Custom & string];

type Override<Custom> = {
  matcher: { id: 'byName' | 'byRegexp' | 'byFrameRefID'; options: string };
  properties: Property<Custom>[];
};

// Ids: https://grafana.com/docs/grafana/latest/panels-visualizations/query-transform-data/transform-data/
type Transformation =
  | { id: 'merge'; options: Record<string, never> }
  | { id: 'labelsToFields'; options: { mode?: 'columns' | 'rows' } }
  | { id: 'sortBy'; options: { sort: { field: string; desc?: boolean }[] } }
  | {
      id: 'organize';
      options: {
        excludeByName?: Record<string, boolean>;
        includeByName?: Record<string, boolean>;
        indexByName?: Record<string, number>;
        renameByName?: Record<string, string>;
      };
    };

type PanelBase = Need<
  With<Json<Omit<grafana.Panel, 'datasource' | 'fieldConfig' | 'options' | 'targets' | 'type'>>, {
    transformations?: Transformation[];
  }>,
  'gridPos' | 'id' | 'title' | 'description' | 'pluginVersion'
>;

type Panel<Type extends string, Options, Custom> = PanelBase &
  Query & {
    type: Type;
    options: Json<Options>;
    fieldConfig: { defaults: Field<Custom>; overrides: Override<Custom>[] };
  };

type NoCustom = Record<never, never>;

type AnyPanel =
  | Panel<'bargauge', bargauge.Options, NoCustom>
  | Panel<'gauge', gauge.Options, NoCustom>
  | Panel<'heatmap', heatmap.Options, heatmap.FieldConfig>
  | Panel<'logs', logs.Options, NoCustom>
  | Panel<'stat', stat.Options, NoCustom>
  | Panel<'state-timeline', statetimeline.Options, statetimeline.FieldConfig>
  | Panel<'table', table.Options, table.FieldConfig>
  | Panel<'timeseries', timeseries.Options, timeseries.FieldConfig>
  | (PanelBase & { type: 'text'; options: Json<text.Options> });

type Row = With<Need<Json<grafana.RowPanel>, 'gridPos' | 'id' | 'title'>, { panels: AnyPanel[] }>;

// Fields of the data sources' annotation editors, which Grafana's own schema leaves open:
// packages/grafana-prometheus/src/annotations.ts, plugins/datasource/elasticsearch/types.ts.
type Annotation = With<Json<Omit<grafana.AnnotationQuery, 'target'>>, { datasource: unknown }> &
  (
    | { builtIn: 1; datasource: { type: 'grafana'; uid: '-- Grafana --' }; type: 'dashboard' }
    | {
        datasource: PrometheusSource;
        target: PrometheusTarget;
        tagKeys: string;
        textFormat: string;
        titleFormat: string;
        useValueForTime?: boolean;
      }
    | {
        datasource: ElasticsearchSource;
        target: ElasticsearchTarget;
        tagsField: string;
        textField: string;
        timeField: string;
      }
  );

type Variable = With<Json<grafana.VariableModel>, { type: 'query' }> &
  (
    | { datasource: PrometheusSource; query: { qryType: 1; query: string; refId: string } }
    | { datasource: ElasticsearchSource; query: string }
  );

export type Dashboard = Need<
  With<
    Json<Omit<grafana.Dashboard, 'annotations' | 'templating' | 'panels' | 'schemaVersion'>>,
    {
      annotations: { list: Annotation[] };
      panels: (AnyPanel | Row)[];
      schemaVersion: 42;
      templating: { list: Variable[] };
    }
  >,
  'description' | 'tags' | 'title' | 'uid'
>;
