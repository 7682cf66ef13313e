using System.Text.Json.Serialization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Describe;
using ImageBackend.Application.Images.Verify;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Web.Docs;
using ImageBackend.Web.Http;
using ImageBackend.Web.Logs;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ImageBackend.Web.Endpoints;

/// <summary>Tells all about one image, and checks it.</summary>
internal static class ImageDetailsEndpoint
{
    public static void MapImageDetails(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(StudioRoutes.Images + "/{filename}", GetAsync).RequireBearer()
            .Describe("image", "Tells all about one image: its size, date, crop and thumbnails.", "Of a published image as it is in active, else as it waits in incoming. The original is read to its end.")
            .Refuses("bad_key", "unknown_image", "busy", "storage_unavailable", "storage_full")
            .Answers("""
                {"filename":"1795476840_8949103649.jpg","in":"active","width":4032,"height":3024,"format":"jpg","bytes":3518724,
                 "sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","takenAt":"2026-07-14T09:31:05+02:00",
                 "storedAt":"2026-11-23T15:34:00Z","crop":null,"url":"/active/1795476840_8949103649.jpg",
                 "thumbhash":"3xcOdZyBiobAZ4d4iKiGh4Sv94d8",
                 "thumbnails":[{"suffix":"SI","filename":"1795476840_8949103649SI.jpg","format":"jpg","width":200,"height":200,"bytes":9411,
                   "url":"/active/1795476840_8949103649SI.jpg","recipe":"current"}]}
                """);
        routes.MapPost(StudioRoutes.Images + "/{filename}/verify", VerifyAsync).RequireBearer()
            .Describe("verify", "Checks one image, as `images verify --decode` does; nothing is repaired.", "Its original is decoded, and each thumbnail's size is compared. An image under way is not judged.")
            .Refuses("bad_key", "unknown_image", "busy", "storage_unavailable", "storage_full")
            .Answers("""{"findings":[{"kind":"stale","file":"1795476840_8949103649SI.jpg","detail":"The thumbnail was made with other settings, or by an older site."}]}""");
    }

    private static async Task<Ok<ImageReply>> GetAsync(
        string filename, HttpContext context, IMediator mediator, BackendSettings settings, ServiceSettings service, CancellationToken cancellationToken)
    {
        context.NoteImage(filename);
        ImageDescription image = await mediator.Send(new DescribeImage(filename), cancellationToken);
        return TypedResults.Ok(new ImageReply(
            image.Key.ToString(),
            image.In,
            image.Size?.Width,
            image.Size?.Height,
            image.Key.Format.ToString(),
            image.Bytes,
            image.Sha256,
            image.TakenAt?.ToString(),
            image.StoredAt.UtcDateTime,
            image.ExpiresAt?.UtcDateTime,
            image.Crop?.ToString(),
            AddressOf(image.Key),
            image.ThumbHash,
            [.. image.Thumbnails.Select(ReplyOf)]));

        string? AddressOf(ImageKey key) => image.In != ImageStores.ActiveName ? null
            : settings.Storage.Backend.PublicAddressOf(key)?.AbsoluteUri ?? $"{service.RoutePrefix}/active/{key}";

        ImageThumbnailReply ReplyOf(DescribedThumbnail one) => new(
            one.Suffix,
            one.Key.ToString(),
            one.Key.Format.ToString(),
            one.Size?.Width,
            one.Size?.Height,
            one.Bytes,
            one.State == ThumbnailState.Missing ? null : AddressOf(one.Key),
            one.State.ToString().ToLowerInvariant(),
            one.Reason);
    }

    private static async Task<Results<Ok<VerdictReply>, ProblemHttpResult>> VerifyAsync(string filename, HttpContext context, IMediator mediator, CancellationToken cancellationToken)
    {
        context.NoteImage(filename);
        if (!ImageKey.TryParse(filename, out ImageKey? key))
        {
            return Problems.Result(StatusCodes.Status400BadRequest, "bad_key", ImageKey.NotAKey(filename));
        }

        Verdict verdict = await mediator.Send(new VerifyImage(key) { Decode = true }, cancellationToken);
        return TypedResults.Ok(new VerdictReply([.. verdict.Findings.Select(finding => new FindingReply(NameOf(finding.Kind), finding.Key, DetailOf(finding.Kind)))]));
    }

    private static string NameOf(FindingKind kind) => kind switch
    {
        FindingKind.WrongSize => "wrong_size",
        FindingKind.ServedWrong => "served_wrong",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static string DetailOf(FindingKind kind) => kind switch
    {
        FindingKind.Missing => "The thumbnail is not there.",
        FindingKind.Stale => "The thumbnail was made with other settings, or by an older site.",
        FindingKind.Empty => "The file is empty, as a crash leaves it.",
        FindingKind.Orphaned => "The thumbnail has no original, or its size is no longer set.",
        FindingKind.WrongSize => "The thumbnail does not have the size that its original gives.",
        FindingKind.Undecodable => "The picture can't be decoded.",
        FindingKind.Unfinished => "Its publish has begun and is not finished; the service will finish it.",
        FindingKind.Place => "The original reveals where it was taken, although the settings do not want that published.",
        _ => "Its content type, Cache-Control or access is not what the settings say.",
    };
}

/// <param name="In">The storage that it was found in: `active` or `incoming`.</param>
/// <param name="Width">Of the upright picture, in pixels; null: it can't be read.</param>
/// <param name="TakenAt">ISO 8601, local time, with an offset if the camera knew it; null if unknown.</param>
/// <param name="StoredAt">When it came to this storage.</param>
/// <param name="ExpiresAt">Of an upload that the service removes then, if nobody publishes it.</param>
/// <param name="Crop">The area that the thumbnails show, in pixels of the upright picture; null: all of it.</param>
/// <param name="Thumbhash">A placeholder of the smallest thumbnail, in Base64; left out if none can be read.</param>
/// <param name="Url">Where anybody can read it; null: nowhere yet.</param>
/// <param name="Thumbnails">Those of every size and format that is set, also if they are missing; then any others that are there.</param>
internal sealed record ImageReply(
    string Filename,
    string In,
    int? Width,
    int? Height,
    string Format,
    long Bytes,
    string Sha256,
    string? TakenAt,
    DateTime StoredAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTime? ExpiresAt,
    string? Crop,
    string? Url,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Thumbhash,
    IReadOnlyList<ImageThumbnailReply> Thumbnails);

/// <param name="Width">In pixels; null: it is missing, or can't be read.</param>
/// <param name="Bytes">0 if it is missing.</param>
/// <param name="Recipe">`current`, `stale` or `missing`.</param>
/// <param name="Reason">Why it is not current, for people.</param>
internal sealed record ImageThumbnailReply(
    string Suffix,
    string Filename,
    string Format,
    int? Width,
    int? Height,
    long Bytes,
    string? Url,
    string Recipe,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason);

/// <param name="Findings">Empty if everything is as it should be.</param>
internal sealed record VerdictReply(IReadOnlyList<FindingReply> Findings);

/// <param name="Kind">A word for programs.</param>
/// <param name="File">The name of the original or thumbnail.</param>
/// <param name="Detail">What is wrong, for people.</param>
internal sealed record FindingReply(string Kind, string File, string Detail);
