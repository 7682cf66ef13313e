using System.Text;
using ImageBackend.Infrastructure.Configuration;

namespace ImageBackend.Infrastructure.Composition;

/// <summary>The table of all settings, as docs/settings.md shows it.</summary>
public static class SettingsTable
{
    /// <returns>A Markdown table, with a final line break.</returns>
    public static string ToMarkdown()
    {
        SettingsReader reader = SettingsReader.OfNothing();
        ServiceSettings.Read(reader);
        BackendSettings.Read(reader);
        StringBuilder table = new("| variable | default | meaning |\n|---|---|---|\n");
        foreach (SettingDeclaration setting in reader.Declarations)
        {
            table.Append(null, $"| `{setting.Name}` | {setting.Default} | {setting.Meaning} |\n");
        }

        return table.ToString();
    }
}
