using ImageBackend.Application.Images.Regenerate;

namespace ImageBackend.Cli.Commands;

/// <summary>Which thumbnails are made, and why, as the report of a batch says it.</summary>
internal static class ThumbnailReasons
{
    public static string[] Of(RegeneratedThumbnails answer) => [.. answer.Thumbnails.Select(thumbnail => $"{thumbnail.Key} ({Word(thumbnail.Reason)})")];

    private static string Word(DueReason reason) => reason switch
    {
        DueReason.Missing => "missing",
        DueReason.Stale => "stale",
        _ => "requested",
    };
}
