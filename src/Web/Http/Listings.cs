using ImageBackend.Application.Abstractions;

namespace ImageBackend.Web.Http;

/// <summary>Limits how many listings are read at a time: on folders, each reads all names and keeps a core busy.</summary>
internal sealed class Listings
{
    private const int MaxAtATime = 4;

    private readonly SharedRoom _places = new(MaxAtATime, "The maximum number of listings is being read.");

    /// <returns>Dispose it when the listing has been read.</returns>
    /// <exception cref="BusyException">No place is free.</exception>
    public IDisposable Enter()
    {
        SharedRoom.Share place = new(_places);
        place.Take(1);
        return place;
    }
}
