using Microsoft.Extensions.Configuration;

namespace ImageBackend.Infrastructure.Configuration;

/// <summary>Finds variables that are set but do nothing: those of the predecessors that nothing reads yet, and misspelt ones.</summary>
public static class VariableCheck
{
    // v6_images and c2c_images read these; here they have no meaning (yet).
    private static readonly string[] Predecessors =
    [
        "PREFER_IDENTIFY_OVER_FILE", "THUMBNAILS_PUBLISH_DELAY",
    ];

    /// <returns>One line for the predecessors' variables together, one for each near miss of a known name.</returns>
    public static IEnumerable<string> Warnings(IConfiguration variables, IReadOnlyList<SettingDeclaration> known)
    {
        string[] names = [.. variables.AsEnumerable().Where(pair => !string.IsNullOrEmpty(pair.Value)).Select(pair => pair.Key)];
        string[] unread = [.. Predecessors.Where(name => names.Contains(name, StringComparer.OrdinalIgnoreCase) && !IsKnown(name))];
        if (unread.Length > 0)
        {
            yield return $"Set, but without effect in this version: {string.Join(", ", unread)}.";
        }

        foreach (string name in names.Where(name => !IsKnown(name) && !Predecessors.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            if (known.FirstOrDefault(setting => Distance(name.ToUpperInvariant(), setting.Name) <= 2) is { } meant)
            {
                yield return $"{name} is not a setting; did you mean {meant.Name}?";
            }
        }

        bool IsKnown(string name) => known.Any(setting => setting.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <returns>How many letters must be added, removed or changed.</returns>
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (left[i - 1] == right[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[right.Length];
    }
}
