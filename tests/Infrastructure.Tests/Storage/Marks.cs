using ImageBackend.Domain;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.Tests.Storage;

/// <summary>Marks of processes other than this one.</summary>
internal static class Marks
{
    /// <summary>Of this host and container, with a process number that another process has now.</summary>
    public static MakerMark Gone => MakerMark.Own! with { Start = "1" };

    public static MakerMark OtherContainer => MakerMark.Own! with { Space = "1" };

    public static MakerMark Elsewhere => MakerMark.Own! with { Boot = "0123456789ab" };

    public static DateTime MoreThanADayAgo => TimeProvider.System.GetUtcNow().UtcDateTime - TimeSpan.FromHours(25);

    /// <returns>The name of a half-written file, or of the note of an object that was being removed.</returns>
    public static string PartialOf(MakerMark mark, ImageKey? key = null) => $".partial-{mark}-{Guid.NewGuid():N}" + (key is null ? "" : $"~{key}");

    /// <returns>The name of a workspace.</returns>
    public static string WorkspaceOf(MakerMark mark) => $"workspace-{mark}-{Guid.NewGuid():N}";
}
