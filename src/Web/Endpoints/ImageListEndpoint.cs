using System.Text.Json.Serialization;
using ImageBackend.Application.Images.Listing;
using ImageBackend.Web.Docs;
using ImageBackend.Web.Http;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace ImageBackend.Web.Endpoints;

/// <summary>Lists what waits and what is published, by pages.</summary>
internal static class ImageListEndpoint
{
    public static void MapImageList(this IEndpointRouteBuilder routes) => routes.MapGet(StudioRoutes.Images, ListAsync).RequireBearer()
        .Describe("images", "Lists images, by pages.", "One entry for each original, with its thumbnails. What comes or goes while pages are read may be there or not.")
        .Asks(
            new QueryParameter("in", "`active`, the default, or `incoming`.", "active"),
            new QueryParameter("order", "`name`, the default; on folders also `newest`: by the time that a name begins with, or else of the file. Of several with commas, such as `newest,name`, the first that the storage has.", "newest"),
            new QueryParameter("after", "`next` of the page before.", "1795476840_8949103649.jpg"),
            new QueryParameter("from", "In place of `after`: a name, or the beginning of one, to begin at.", "1795476"),
            new QueryParameter("limit", "How many images, 1 to 200; 50 by default.", "50"))
        .Refuses("bad_parameter", "unknown_image", "busy", "storage_unavailable")
        .Answers("""
            {"in":"active","order":"name","orders":["name","newest"],
             "images":[{"filename":"1795476840_8949103649.jpg","bytes":3518724,"storedAt":"2026-11-23T15:34:00Z",
               "thumbnails":[{"suffix":"SI","filename":"1795476840_8949103649SI.jpg","bytes":9411}]}],
             "next":"1795476840_8949103649.jpg"}
            """);

    private static async Task<Ok<ImageListReply>> ListAsync(
        [AsParameters] ListQuery query,
        IMediator mediator,
        Listings listings,
        CancellationToken cancellationToken)
    {
        using IDisposable place = listings.Enter();
        ImageList list = await mediator.Send(new ListImages { In = query.In, Order = query.Order, After = query.After, From = query.From, Limit = query.Limit }, cancellationToken);
        return TypedResults.Ok(new ImageListReply(list.In, ListImages.TextOf(list.Order), [.. list.Orders.Select(ListImages.TextOf)], [.. list.Images.Select(ReplyOf)], list.Next));
    }

    private static ListedImageReply ReplyOf(ListedOriginal image) => new(
        image.Key.ToString(),
        image.Bytes,
        image.StoredAt.UtcDateTime,
        image.ExpiresAt?.UtcDateTime,
        [.. image.Thumbnails.Select(one => new ListedThumbnailReply(one.Suffix, one.Key.ToString(), one.Bytes))]);
}

internal sealed record ListQuery
{
    [FromQuery(Name = "in")]
    public string? In { get; init; }

    [FromQuery(Name = "order")]
    public string? Order { get; init; }

    [FromQuery(Name = "after")]
    public string? After { get; init; }

    [FromQuery(Name = "from")]
    public string? From { get; init; }

    [FromQuery(Name = "limit")]
    public string? Limit { get; init; }
}

/// <param name="In">The storage: `active` or `incoming`.</param>
/// <param name="Order">That of this list.</param>
/// <param name="Orders">Those that this storage has.</param>
/// <param name="Next">For `after` of the next page; null: this is the last.</param>
internal sealed record ImageListReply(string In, string Order, IReadOnlyList<string> Orders, IReadOnlyList<ListedImageReply> Images, string? Next);

/// <param name="StoredAt">When it came to this storage.</param>
/// <param name="ExpiresAt">Of an upload that the service removes then, if nobody publishes it.</param>
internal sealed record ListedImageReply(
    string Filename,
    long Bytes,
    DateTime StoredAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTime? ExpiresAt,
    IReadOnlyList<ListedThumbnailReply> Thumbnails);

internal sealed record ListedThumbnailReply(string Suffix, string Filename, long Bytes);
