namespace ImageBackend.Application.Images;

/// <summary>How long an upload or a publish may take: younger things are left to whoever works on them.</summary>
public static class UnderWay
{
    /// <summary>Both take seconds; a slow storage and its retries take minutes.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(10);
}
