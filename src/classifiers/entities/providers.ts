/** Credentials that their issuers made recognisable: a prefix, an alphabet, a length. From the issuers' documentation. */
import type { EntityRule } from "./entity.ts";
import { entropyBits } from "./entropy.ts";

const W = "[A-Za-z0-9_-]", A = "[A-Za-z0-9]", H = "[0-9a-f]";

/** Entity, label and pattern of a credential. */
const ISSUED: readonly (readonly [entity: string, label: string, pattern: string])[] = [
  ["openai_key", "OpenAI API key", `sk-(?:(?:proj|svcacct|admin)-)?${W}{32,200}`],
  ["anthropic_key", "Anthropic API key", `sk-ant-${W}{40,160}`],
  ["openrouter_key", "OpenRouter API key", `sk-or-v1-${H}{64}`],
  ["aws_access_key", "AWS access key id", "(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}"],
  ["gcp_api_key", "Google API key", `AIza${W}{35}`],
  ["gcp_oauth_token", "Google OAuth token", `ya29\\.${W}{20,300}`],
  ["gcp_client_secret", "Google OAuth client secret", `GOCSPX-${W}{28}`],
  ["azure_storage_key", "Azure storage account key", "AccountKey=[A-Za-z0-9+/]{86}=="],
  ["azure_client_secret", "Azure client secret", `${A}{3}\\dQ~[A-Za-z0-9_.~-]{30,33}[A-Za-z0-9_~]`],
  ["github_token", "GitHub token", `(?:gh[opusr]_${A}{36,251}|github_pat_[A-Za-z0-9_]{60,90})`],
  ["gitlab_token", "GitLab token", `gl(?:pat|ptt|dt|rt|cbt|ft|imt|agent|oas|soat)-${W}{20,64}`],
  ["slack_token", "Slack token", `(?:xox[abeoprs]-[A-Za-z0-9-]{10,200}|xapp-\\d-[A-Za-z0-9-]{20,200})`],
  ["slack_webhook", "Slack webhook", `https://hooks\\.slack\\.com/(?:services|workflows)/[A-Za-z0-9/]{20,80}`],
  ["stripe_key", "Stripe key", `(?:[rs]k_(?:live|test)_${A}{16,128}|whsec_${A}{32,64})`],
  ["twilio_key", "Twilio key", `(?:SK|AC)${H}{32}`],
  ["sendgrid_key", "SendGrid API key", `SG\\.${W}{22}\\.${W}{43}`],
  ["mailgun_key", "Mailgun API key", `key-${H}{32}`],
  ["mailchimp_key", "Mailchimp API key", `${H}{32}-us\\d{1,2}`],
  ["npm_token", "npm token", `npm_${A}{36}`],
  ["pypi_token", "PyPI token", `pypi-${W}{60,240}`],
  ["rubygems_key", "RubyGems API key", `rubygems_${H}{48}`],
  ["huggingface_token", "Hugging Face token", `(?:hf|api_org)_${A}{30,40}`],
  ["replicate_token", "Replicate token", `r8_${A}{37}`],
  ["groq_key", "Groq API key", `gsk_${A}{52}`],
  ["xai_key", "xAI API key", `xai-${A}{70,90}`],
  ["perplexity_key", "Perplexity API key", `pplx-${A}{40,56}`],
  ["digitalocean_token", "DigitalOcean token", `do[opr]_v1_${H}{64}`],
  ["netlify_token", "Netlify token", `nfp_${A}{36,40}`],
  ["supabase_key", "Supabase key", `sbp_${H}{40}`],
  ["planetscale_token", "PlanetScale token", "pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_.-]{31,63}[A-Za-z0-9_]"],
  ["databricks_token", "Databricks token", `dapi${H}{32}(?:-\\d)?`],
  ["shopify_token", "Shopify token", "shp(?:at|ca|pa|ss)_[0-9A-Fa-f]{32}"],
  ["square_token", "Square token", `sq0(?:atp|csp|idp)-${W}{22,43}`],
  ["telegram_bot_token", "Telegram bot token", `\\d{8,10}:AA${W}{33}`],
  ["discord_token", "Discord bot token", `[MNO]${W}{23,25}\\.${W}{6}\\.${W}{27,38}`],
  ["discord_webhook", "Discord webhook", `https://discord(?:app)?\\.com/api/webhooks/\\d{17,20}/${W}{60,72}`],
  ["new_relic_key", "New Relic key", "NRAK-[A-Z0-9]{27}"],
  ["grafana_token", "Grafana token", `glsa_${A}{32}_${H}{8}`],
  ["sentry_token", "Sentry token", "sntry[su]_[A-Za-z0-9+/=_-]{40,240}"],
  ["linear_key", "Linear API key", `lin_api_${A}{40}`],
  ["notion_token", "Notion token", `(?:ntn_${A}{40,50}|secret_${A}{43})`],
  ["atlassian_token", "Atlassian API token", "ATATT3[A-Za-z0-9_=-]{100,250}"],
  ["postman_key", "Postman API key", `PMAK-${H}{24}-${H}{34}`],
  ["doppler_token", "Doppler token", `dp\\.(?:pt|st|ct|sa|scim|audit)\\.(?:[a-z0-9_-]{2,35}\\.)?${A}{40,44}`],
  ["vault_token", "HashiCorp Vault token", `hv[bs]\\.${W}{24,200}`],
  ["terraform_token", "Terraform Cloud token", `${A}{14}\\.atlasv1\\.${W}{60,70}`],
  ["airtable_token", "Airtable token", `pat${A}{14}\\.${H}{64}`],
  ["age_key", "age secret key", "AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"],
  ["checkstream_key", "CheckStream gateway key", `cs_(?:live|test)_${W}{16,80}`],
];

/** `sk-xxxxxxxx…` and `AKIAAAAA…` are placeholders. */
const isRandom = (match: string) => entropyBits(match.slice(-24)) > 2.5;

export const PROVIDERS: readonly EntityRule[] = ISSUED.map(([entity, label, pattern]) => ({
  entity,
  label,
  region: "global",
  score: 0.97,
  // A dash or underscore may end a token; a letter or digit after it makes it a longer word.
  pattern: `\\b${pattern}`,
  valid: isRandom,
}));
