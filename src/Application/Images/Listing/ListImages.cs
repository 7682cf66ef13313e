using System.Globalization;
using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Clean;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Listing;

/// <summary>Lists originals by pages, each with its thumbnails that are there.</summary>
public sealed record ListImages : IRequest<ImageList>
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    /// <summary>Which storage: <c>active</c>, also if it is null, or <c>incoming</c>.</summary>
    public string? In { get; init; }

    /// <summary>Text of a <see cref="ListOrder"/> in small letters, or several with commas: the first that the storage has. Null: by name.</summary>
    public string? Order { get; init; }

    /// <summary><see cref="ImageList.Next"/> of the page before, in the same order; null: the first page.</summary>
    public string? After { get; init; }

    /// <summary>In place of <see cref="After"/>: a key, or the beginning of one, to begin at; it need not be there.</summary>
    public string? From { get; init; }

    /// <summary>Text of a number, 1 to <see cref="MaxLimit"/>; null: <see cref="DefaultLimit"/>.</summary>
    public string? Limit { get; init; }

    /// <returns>As <see cref="Order"/> names it.</returns>
    public static string TextOf(ListOrder order) => order.ToString().ToLowerInvariant();
}

/// <param name="In">The storage's name.</param>
/// <param name="Orders">Those that the storage has.</param>
/// <param name="Images">Fewer than asked for on the last page, or if some were removed meanwhile.</param>
/// <param name="Next">The cursor of the next page; null: this is the last.</param>
public sealed record ImageList(string In, ListOrder Order, IReadOnlyList<ListOrder> Orders, IReadOnlyList<ListedOriginal> Images, string? Next);

/// <param name="StoredAt">When it came to this storage.</param>
/// <param name="ExpiresAt">In incoming: when the service removes it, if nobody publishes it; null: it does not.</param>
public sealed record ListedOriginal(ImageKey Key, long Bytes, DateTimeOffset StoredAt, DateTimeOffset? ExpiresAt, IReadOnlyList<ListedThumbnail> Thumbnails);

public sealed record ListedThumbnail(string Suffix, ImageKey Key, long Bytes);

internal sealed class ListImagesValidator : AbstractValidator<ListImages>
{
    private static readonly Dictionary<string, ListOrder> All = Enum.GetValues<ListOrder>().ToDictionary(ListImages.TextOf);

    public ListImagesValidator(ImageStores stores)
    {
        RuleFor(request => request.In)
            .Must(name => name is null || stores.Named(name) is not null)
            .WithErrorCode(ErrorCodes.BadParameter)
            .WithMessage($"'in' is not valid: give {ImageStores.ActiveName} or {ImageStores.IncomingName}.");
        RuleFor(request => request.Order)
            .Must((request, _) => OrderOf(request, stores) is not null)
            .When(request => stores.Named(request.In) is not null)
            .WithErrorCode(ErrorCodes.BadParameter)
            .WithMessage(request => $"'order' is not valid: this storage can give {string.Join(" or ", Orders(request, stores).Select(ListImages.TextOf))}.");
        RuleFor(request => request.Limit)
            .Must(text => text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit is >= 1 and <= ListImages.MaxLimit))
            .WithErrorCode(ErrorCodes.BadParameter)
            .WithMessage($"'limit' is not valid: give a number from 1 to {ListImages.MaxLimit}.");
        RuleFor(request => request.After)
            .Must((request, text) => ListCursor.TryParse(text!, OrderOf(request, stores) ?? ListOrder.Name, out _))
            .When(request => request.After is not null)
            .WithErrorCode(ErrorCodes.BadParameter)
            .WithMessage("'after' is not valid: give 'next' of the page before, in the same order.");
        RuleFor(request => request.From)
            .Must((request, text) => request.After is null && ListCursor.IsBeginning(text!) && (OrderOf(request, stores) != ListOrder.Newest || ImageKey.TryParse(text, out _) || ListCursor.PlaceByTime(text!) is not null))
            .When(request => request.From is not null)
            .WithErrorCode(ErrorCodes.BadParameter)
            .WithMessage("'from' is not valid: give a name, or its beginning, and no 'after'; in the order newest a whole name, or the seconds that it begins with.");
    }

    /// <returns>Null: there is no such order, or this storage has none of them.</returns>
    public static ListOrder? OrderOf(ListImages request, ImageStores stores)
    {
        string[] asked = request.Order?.Split(',') ?? [ListImages.TextOf(ListOrder.Name)];
        return stores.Named(request.In) is { } storage && asked.All(All.ContainsKey)
            ? asked.Select(text => (ListOrder?)All[text]).FirstOrDefault(order => storage.Orders.Contains(order!.Value))
            : null;
    }

    private static IReadOnlyList<ListOrder> Orders(ListImages request, ImageStores stores) => stores.Named(request.In)!.Orders;
}

internal sealed class ListImagesHandler(ImageStores stores, ThumbnailSet set, ExpiryRule expiry, TimeProvider time) : IRequestHandler<ListImages, ImageList>
{
    public async Task<ImageList> Handle(ListImages request, CancellationToken cancellationToken)
    {
        IImageStorage storage = stores.Named(request.In)!;
        ListOrder order = ListImagesValidator.OrderOf(request, stores)!.Value;
        int limit = request.Limit is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : ListImages.DefaultLimit;
        ListedPage page = await storage.ListPageAsync(
            new ListPage(order, limit, set.IsOriginal, set.AllKeysOf) { Start = await StartAsync(request, order, storage, cancellationToken), IncludesStart = request.From is not null },
            cancellationToken);
        return new ImageList(
            storage == stores.Incoming ? ImageStores.IncomingName : ImageStores.ActiveName,
            order,
            storage.Orders,
            [.. page.Objects.Select(group => Describe(group, isExpiring: storage == stores.Incoming))],
            page.Next is { } next ? ListCursor.TextOf(next, order) : null);
    }

    private static async Task<ListPosition?> StartAsync(ListImages request, ListOrder order, IImageStorage storage, CancellationToken cancellationToken)
    {
        if (request.After is { } after)
        {
            return ListCursor.TryParse(after, order, out ListPosition? position) ? position : null;
        }

        if (request.From is not { } from || order == ListOrder.Name)
        {
            return request.From is null ? null : new ListPosition(request.From, default);
        }

        if (ListCursor.PlaceByTime(from) is { } place)
        {
            return place;
        }

        ImageKey key = ImageKey.Parse(from);
        StoredImage found = await storage.FindAsync(key, cancellationToken) ?? throw new ImageNotFoundException(key, "this storage");
        return new ListPosition(from, ListPosition.TimeOf(key, found.WrittenAt));
    }

    private ListedOriginal Describe(ListedGroup group, bool isExpiring)
    {
        ListedImage original = group.Image;
        return new ListedOriginal(
            original.Key,
            original.Bytes,
            original.WrittenAt,
            isExpiring ? Expiry.BornAt(original.Key, original.WrittenAt, time.GetUtcNow()) + expiry.After : null,
            [.. group.Others.Select(one => new ListedThumbnail(one.Key.Stem[original.Key.Stem.Length..], one.Key, one.Bytes))]);
    }
}
