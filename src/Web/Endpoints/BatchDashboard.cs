using System.Text.RegularExpressions;
using Hangfire;
using Hangfire.Dashboard;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Fleet;
using ImageBackend.Infrastructure.Fleet.Hangfire;
using ImageBackend.Web.Http;

namespace ImageBackend.Web.Endpoints;

/// <summary>Hangfire's dashboard of the batches that several machines share: to look at, since it knows nothing of the ledger.</summary>
internal static class BatchDashboard
{
    // Hangfire's pages wait for the database with a thread each.
    private const int MaxAtATime = 4;
    private const string RetrySeconds = "10";

    // Its pages colour labels by style attributes, and have an empty icon in a data URL. The hash is that of the one style that its charts add: a browser
    // that refuses another version's names the new one.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-z7zcnw/4WalZqx+PrNaRnoeLz/G9WXuFqV1WCJ129sg='; style-src-attr 'unsafe-inline'; "
        + "img-src data:; font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    public static void MapBatchDashboard(this IEndpointRouteBuilder routes, ServiceSettings settings)
    {
        string home = settings.RoutePrefix + StudioRoutes.Batches;
        SharedRoom places = new(MaxAtATime, "The maximum number of pages of the dashboard is being made.");
        DashboardOptions options = new()
        {
            DashboardTitle = "Batches",
            AppPath = settings.HasStudio ? settings.RoutePrefix + StudioRoutes.Page : null,
            IsReadOnlyFunc = _ => true,
            IgnoreAntiforgeryToken = true,
            DisplayStorageConnectionString = false,
        };
        routes.MapGet(StudioRoutes.Batches + "/{**page}", ShowAsync).AddEndpointFilter(WithSlashAsync).AddEndpointFilter<BasicFilter>().ExcludeFromDescription();
        // The counts that its pages ask for every few seconds. All else that can be posted changes jobs, and is not there.
        routes.MapPost(StudioRoutes.Batches + "/stats", (HttpContext context, HangfireView view, Receiving receiving, CancellationToken cancellationToken) =>
        {
            receiving.Form(context.Request);
            return ShowAsync("stats", context, view, cancellationToken);
        }).AddEndpointFilter<BasicFilter>().ExcludeFromDescription();

        // A browser sends the secret along with all addresses beside the one that asked for it: so that is one below.
        async ValueTask<object?> WithSlashAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
            context.HttpContext.Request.Path.Value == home ? TypedResults.Redirect(home + '/') : await next(context);

        Task<IResult> ShowAsync(string? page, HttpContext context, HangfireView view, CancellationToken cancellationToken) =>
            AnswerAsync(home, '/' + page, options, places, context, view, cancellationToken);
    }

    private static async Task<IResult> AnswerAsync(
        string home, string page, DashboardOptions options, SharedRoom places, HttpContext context, HangfireView view, CancellationToken cancellationToken)
    {
        using SharedRoom.Share place = new(places);
        place.Take(1);
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (DashboardRoutes.Routes.FindDispatcher(page) is not ({ } dispatcher, { } match))
        {
            return Problems.UnknownRoute();
        }

        try
        {
            await view.LookAsync(storage => DispatchAsync(dispatcher, match, home, page, new AspNetCoreDashboardContext(storage, options, context)), cancellationToken);
        }
        catch (FleetException fault)
        {
            headers.RetryAfter = RetrySeconds;
            return Problems.Result(StatusCodes.Status503ServiceUnavailable, "batches_unavailable", fault.Message);
        }

        return context.Response.StatusCode == StatusCodes.Status200OK ? TypedResults.Empty : Problems.UnknownRoute(); // what changes jobs can't be got
    }

    private static async Task DispatchAsync(IDashboardDispatcher dispatcher, Match match, string home, string page, AspNetCoreDashboardContext dashboard)
    {
        dashboard.UriMatch = match;
        HttpRequest request = dashboard.HttpContext.Request;
        (PathString pathBase, PathString path) = (request.PathBase, request.Path);
        // It makes its links by the one, and knows by the other where it is.
        (request.PathBase, request.Path) = (pathBase.Add(home), page);
        try
        {
            await dispatcher.Dispatch(dashboard);
        }
        finally
        {
            (request.PathBase, request.Path) = (pathBase, path);
        }
    }
}
